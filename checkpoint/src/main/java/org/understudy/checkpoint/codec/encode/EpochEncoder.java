package org.understudy.checkpoint.codec.encode;

import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.understudy.checkpoint.codec.format.BatchFormat;
import org.understudy.checkpoint.codec.format.CodecSettings;
import org.understudy.checkpoint.codec.format.Mem;
import org.understudy.checkpoint.codec.format.PageCoding;
import org.understudy.checkpoint.codec.format.Sharing;
import org.understudy.checkpoint.guest.CapturedPages;
import org.understudy.checkpoint.memory.MemoryBound;
import org.understudy.checkpoint.memory.RegionLayout;

/**
 * Turns captures into batches. For one thread. What it remembers of shipped content (the shadow)
 * runs ahead of the backup by the batches it has returned, so those must be kept until acked; where
 * they are lost, {@link #reset} and a full copy follow.
 */
public final class EpochEncoder implements AutoCloseable {
  /** Result of {@link #encodeSlice}: nothing to ship yet, call again. */
  public static final int PENDING = -1;

  /** Smallest {@code maxLength} of a batch. */
  public static final int MIN_BATCH_BYTES = 16 * 1024;

  /** Pages, and bytes written for them, after which a slice ends. */
  private static final int SLICE_PAGES = 256;

  private static final int SLICE_BYTES = 128 * 1024;

  /** The same for pages that are hashed, and for those that are only looked at. */
  private static final int SLICE_HASHES = 64;

  private static final int SLICE_LOOKS = 64 * 1024;

  /** Most bytes that one page adds to a batch, and the header with its directory. */
  private static final int PAGE_MAX = 6 * 1024;

  private static final int HEADER_MAX =
      BatchFormat.HEADER_BYTES + BatchFormat.STREAMS * BatchFormat.DIRECTORY_ENTRY_MAX;

  /** One batch in so many begins in all value modes, to find the best one. */
  private static final int TRIAL_EVERY = 16;

  /** A trial with fewer bytes says nothing; more than the most tell nothing new. */
  private static final int TRIAL_MIN_BYTES = 2048;

  private static final int TRIAL_MAX_BYTES = 24 * 1024;

  private static final long NO_EPOCH = -1;

  /** Pages at work, the packed batch, trials, and what the compressors keep for themselves. */
  private static final long SCRATCH_BYTES = 8 << 20;

  private final EncodeStats stats = new EncodeStats();
  private final StageBuffers stage = new StageBuffers();
  private final Shadow shadow;
  private final SharingIndex sharing;
  private final PageEncoder pageEncoder;
  private final BatchWriter writer;
  private final PageDiff fixedDiff;
  private final int totalPages;
  private final int maxPages;
  private long epoch = NO_EPOCH;
  private int sequence;
  private int stamp;
  private int batchesToTrial;

  /** Bytes of words per page since the last trial; 0 if not known. */
  private int trialWordBytes;

  private CapturedPages capture;
  private int next;

  /** What the backup holds in place of zeros, until the first capture is encoded; null for none. */
  private BaseTable base;

  private int lookedAt;
  private boolean closed;

  /** An encoder whose backup holds zeros everywhere. */
  public EpochEncoder(CodecSettings settings, RegionLayout layout) {
    this(settings, layout, BatchFormat.MAX_PAGES);
  }

  /**
   * An encoder whose backup holds zeros everywhere, with batches of at most so many pages.
   *
   * @param maxPages 1 to 1000
   */
  public EpochEncoder(CodecSettings settings, RegionLayout layout, int maxPages) {
    this(settings, layout, maxPages, new SecureRandom().nextLong(), null);
  }

  public EpochEncoder(
      CodecSettings settings, RegionLayout layout, int maxPages, long hashKey, PageDiff diff) {
    Objects.checkIndex(maxPages - 1, BatchFormat.MAX_PAGES);
    this.maxPages = maxPages;
    this.totalPages = layout.totalPages();
    this.fixedDiff = diff;
    BlockHash hash = new BlockHash(hashKey);
    shadow =
        settings.coding() == PageCoding.WHOLE
            ? null
            : new Shadow(totalPages, settings.shadowBudgetBytes(), settings.blockBytes(), hash);
    sharing =
        settings.sharing() == Sharing.OFF || shadow == null
            ? null
            : new SharingIndex(totalPages, shadow, hash, settings.sharing());
    DataRatio dataRatio = new DataRatio();
    pageEncoder = new PageEncoder(settings, stage, shadow, sharing, stats, dataRatio);
    writer = new BatchWriter(settings, dataRatio);
  }

  /** What an encoder takes at most; the primary makes it for its first copy. */
  public static List<MemoryBound> bounds(CodecSettings settings, RegionLayout layout) {
    int pages = layout.totalPages();
    boolean hasShadow = settings.coding() != PageCoding.WHOLE;
    boolean hasIndex = hasShadow && settings.sharing() != Sharing.OFF;
    long shadow =
        hasShadow
            ? Shadow.ceilingBytes(pages, settings.shadowBudgetBytes(), settings.blockBytes())
            : 0;
    return List.of(
        MemoryBound.ofNative("shadow", "limits.shadow", shadow),
        MemoryBound.ofNative(
            "index of equal pages", "preset", hasIndex ? SharingIndex.ceilingBytes(pages) : 0),
        BaseTable.bound(pages),
        MemoryBound.ofNative("encoder", "", StageBuffers.BYTES + SCRATCH_BYTES));
  }

  /**
   * The backup does not start from zeros: {@link #base} says what it holds, before the first
   * capture of the copy, which then ships what differs from that.
   */
  public void awaitBase() {
    base = new BaseTable(totalPages);
    lookedAt = 0;
  }

  /**
   * Hashes ({@link org.understudy.checkpoint.verify.ContentHash}) of what the backup holds of
   * consecutive pages, zeros for a page of zeros; in ascending order, pages left out are zeros.
   *
   * @return false if they are out of order, or of no page
   */
  public boolean base(int firstPage, DirectBuffer hashes, int offset, int length) {
    return base != null && base.put(firstPage, hashes, offset, length);
  }

  /**
   * Starts on a capture. Several captures of the same epoch (the rounds of epoch 0) follow each
   * other with the same number; any other number starts a new epoch.
   *
   * @throws IllegalStateException when the capture before is not encoded to its end
   */
  public void begin(long newEpoch, CapturedPages pages) {
    if (capture != null) {
      throw new IllegalStateException(
          "epoch " + epoch + " is encoded to page " + next + " of " + capture.count() + " only");
    }
    if (newEpoch != epoch) {
      epoch = newEpoch;
      sequence = 0;
      stamp++;
      writer.beginEpoch();
      stage.beginEpoch();
    }
    capture = pages;
    next = 0;
    stage.clear();
    pageEncoder.diff(fixedDiff == null ? PageDiffs.best() : fixedDiff);
  }

  /**
   * Writes the next batch, at most {@code maxLength} and at most {@link
   * BatchFormat#MAX_BATCH_BYTES}. Takes about a millisecond at worst.
   *
   * @return its bytes; 0 when the capture is encoded to its end
   */
  public int encodeNext(MutableDirectBuffer dst, int offset, int maxLength) {
    int bytes = encodeSlice(dst, offset, maxLength);
    while (bytes == PENDING) {
      bytes = encodeSlice(dst, offset, maxLength);
    }
    return bytes;
  }

  /**
   * Like {@link #encodeNext} in slices of about a fifth of a millisecond; {@code maxLength} stays
   * the same until a batch is returned.
   *
   * @return bytes of a batch, 0 at the end, or {@link #PENDING}
   */
  public int encodeSlice(MutableDirectBuffer dst, int offset, int maxLength) {
    if (maxLength < MIN_BATCH_BYTES) {
      throw new IllegalArgumentException(
          "a batch needs room for " + MIN_BATCH_BYTES + " bytes, not " + maxLength);
    }
    if (capture == null) {
      return 0;
    }
    long start = System.nanoTime();
    int result = slice(dst, offset, Math.min(maxLength, BatchFormat.MAX_BATCH_BYTES));
    stats.encodeNs += System.nanoTime() - start;
    return result;
  }

  private int slice(MutableDirectBuffer dst, int offset, int maxLength) {
    int limit = maxLength - HEADER_MAX - PAGE_MAX;
    boolean hasMore = next < capture.count() || base != null;
    if (hasMore && stage.rawBytes() <= limit && stage.pages() < maxPages) {
      if (next < capture.count()) {
        encodePages(limit);
      } else {
        encodeLeft(limit);
      }
      return PENDING;
    }
    if (stage.pages() == 0) {
      capture = null;
      return 0;
    }
    if (stage.trial) {
      endTrial();
    }
    int bytes = writer.write(stage, epoch, sequence++, dst, offset, stats);
    afterBatch();
    return bytes;
  }

  private void encodePages(int limit) {
    CapturedPages pages = capture;
    int end = Math.min(pages.count(), next + (base == null ? SLICE_PAGES : SLICE_HASHES));
    int raw = stage.rawBytes();
    int rawLimit = Math.min(limit, raw + SLICE_BYTES);
    while (next < end && raw <= rawLimit && stage.pages() < maxPages) {
      int index = next++;
      int page = Objects.checkIndex(pages.page(index), totalPages);
      long content = pages.acquire(index);
      try {
        if (base != null && base.holds(page)) {
          pageEncoder.encodeOver(page, content, base.settle(page, content), stamp);
        } else {
          pageEncoder.encode(page, content, pages.writtenBlocks(index), stamp);
        }
      } finally {
        pages.release(index);
      }
      if (stage.trial && stage.trialBytes >= TRIAL_MAX_BYTES) {
        endTrial();
      }
      raw = stage.rawBytes();
    }
  }

  /** Pages that are zeros here, and something at the backup. */
  private void encodeLeft(int limit) {
    int end = Math.min(totalPages, lookedAt + SLICE_LOOKS);
    int most = Math.min(maxPages, stage.pages() + SLICE_PAGES);
    while (lookedAt < end && stage.pages() < most && stage.rawBytes() <= limit) {
      int page = lookedAt++;
      if (base.holds(page)) {
        base.settle(page, Mem.ZERO_PAGE);
        pageEncoder.encodeOver(page, Mem.ZERO_PAGE, false, stamp);
      }
    }
    if (lookedAt == totalPages) {
      closeBase();
    }
  }

  private void closeBase() {
    if (base != null) {
      base.close();
      base = null;
    }
  }

  private void endTrial() {
    batchesToTrial = stage.trialBytes >= TRIAL_MIN_BYTES ? TRIAL_EVERY : 1;
    trialWordBytes = 0;
    writer.endTrial(stage);
  }

  private void afterBatch() {
    if (--batchesToTrial <= 0 || hasOtherShape()) {
      stage.beginTrial();
    }
    if (epoch == 0) {
      stamp++;
    }
    stage.clear();
  }

  /** Whether pages changed much more, or much less, than in the batch of the last trial. */
  private boolean hasOtherShape() {
    int bytes = stage.words().bytes();
    if (bytes < TRIAL_MAX_BYTES) {
      return false;
    }
    int perPage = bytes / stage.pages();
    if (trialWordBytes == 0) {
      trialWordBytes = perPage;
    }
    return perPage > 2 * trialWordBytes || trialWordBytes > 2 * perPage;
  }

  /**
   * Forgets everything shipped: the backup starts from zeros, and a full copy follows. A capture
   * that is not encoded to its end is dropped.
   */
  public void reset() {
    capture = null;
    closeBase();
    epoch = NO_EPOCH;
    stage.clear();
    if (shadow != null) {
      shadow.reset();
    }
  }

  /** Counters. */
  public EncodeStats stats() {
    return stats;
  }

  /** Pages of the capture in work that are still to be encoded; any thread, may lag. */
  public long pagesLeft() {
    CapturedPages current = capture;
    return current == null ? 0 : Math.max(0, current.count() - next);
  }

  /** Memory held for shadow, hashes and sharing index, in bytes. */
  public long memoryBytes() {
    return (shadow == null ? 0 : shadow.memoryBytes())
        + (sharing == null ? 0 : sharing.memoryBytes());
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      capture = null;
      closeBase();
      pageEncoder.close();
      writer.close();
      stage.close();
      if (sharing != null) {
        sharing.close();
      }
      if (shadow != null) {
        shadow.close();
      }
    }
  }
}
