package org.understudy.checkpoint.track;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionSpec;
import org.understudy.service.memory.WriteHook;

/**
 * Dirty tracking by the writer itself: {@link #beforeWrite} goes before every write to the memory.
 *
 * <p>Each page has the tag of the epoch in which it was last written first. The fast path compares
 * it with the running epoch's tag and marks the 256 bytes that it writes to ({@link
 * WrittenBlocks}); only the first write of an epoch to a page does more: it puts the page on the
 * list and, if the page is in the captured epoch and not encoded yet, copies it first. A flip
 * exchanges two lists and takes the next tag, whatever the size of the memory.
 *
 * <p>Exact: the captured set has the pages that were written, no more and no less.
 */
public final class WriteBarrier extends WriteHook implements DirtyTracker {
  /** Copies that can wait for the encoder by default: 32 MiB. */
  public static final int DEFAULT_STAGING_PAGES = 8192;

  static final long HEAP_BYTES_PER_PAGE =
      3L * Integer.BYTES + Long.BYTES + WrittenBlocks.UNITS_PER_PAGE;

  private static final int PAGE_SHIFT = 12;
  private static final int PAGE_MASK = RegionSpec.PAGE_BYTES - 1;

  /** Tag while tracking is off. */
  private static final int OFF = 0;

  /** No page of the captured epoch needs a copy. Never a tag of an epoch. */
  private static final int NO_COPY = -1;

  private final int[] tags;
  private final GuestMemory memory;
  private final WrittenBlocks written;
  private final PageOwners owners;
  private final CopyStaging staging;
  private final BarrierCapture capture;
  private final CountedEvents counts = new CountedEvents();
  private final GuestHold hold = new GuestHold(counts);
  private int tag = OFF;
  private int lastTag;
  private int copyTag = NO_COPY;

  /** The epoch whose pages were not all written through the barrier, so that no block is known. */
  private int wholeTag;

  private int[] dirty;
  private int[] spare;
  private int dirtyCount;

  /** A barrier for this memory with the default staging. */
  public WriteBarrier(GuestMemory memory) {
    this(memory, DEFAULT_STAGING_PAGES);
  }

  /**
   * A barrier for this memory.
   *
   * @param stagingPages copies that may wait for the encoder; a writer that needs one more waits
   */
  public WriteBarrier(GuestMemory memory, int stagingPages) {
    this(memory, stagingPages, OFF);
  }

  /**
   * A barrier that maps nothing: copies wait in one memory, and a round copies to the other, of one
   * page. Closing the barrier closes both.
   */
  public static WriteBarrier within(
      GuestMemory memory, MappedGuestMemory copies, GuestMemory scratch) {
    return new WriteBarrier(
        memory, new CopyStaging(copies), new RoundScratch(memory, scratch), OFF);
  }

  /** Lets tests begin close to the last tag. */
  WriteBarrier(GuestMemory memory, int stagingPages, int lastTag) {
    this(memory, CopyStaging.map(stagingPages), new RoundScratch(memory), lastTag);
  }

  private WriteBarrier(GuestMemory memory, CopyStaging staging, RoundScratch scratch, int lastTag) {
    int pages = memory.layout().totalPages();
    this.memory = memory;
    this.staging = staging;
    this.lastTag = lastTag;
    // One more than there are pages: an empty write at the very end is no error.
    tags = new int[Math.addExact(pages, 1)];
    dirty = new int[pages];
    spare = new int[pages];
    written = new WrittenBlocks(pages);
    owners = new PageOwners(pages);
    capture = new BarrierCapture(memory, owners, written, staging, scratch);
  }

  /**
   * Must be called before every write to the memory, with the range that is written; the caller has
   * checked that it lies inside. The write must follow before the next flip.
   */
  @Override
  public void beforeWrite(long offset, long length) {
    int now = tag;
    if (now != OFF) {
      if (tags[(int) (offset >>> PAGE_SHIFT)] != now
          || (offset & PAGE_MASK) + length > RegionSpec.PAGE_BYTES) {
        firstWrites(offset, length);
      }
      written.mark(offset, length, now); // after the page was secured: see there
    }
  }

  private void firstWrites(long offset, long length) {
    if (length <= 0) {
      return;
    }
    int last = (int) ((offset + length - 1) >>> PAGE_SHIFT);
    for (int page = (int) (offset >>> PAGE_SHIFT); page <= last; page++) {
      int before = tags[page];
      if (before != tag) {
        tags[page] = tag;
        dirty[dirtyCount++] = page;
        if (before == copyTag) {
          secure(page);
        }
      }
    }
  }

  /** Makes a page of the captured epoch safe to write: it is encoded, or copied now. */
  private void secure(int page) {
    boolean secured = capture.isReleased();
    while (!secured) {
      long word = owners.word(page);
      secured =
          switch (PageOwners.state(word, copyTag)) {
            case PageOwners.PENDING -> copy(page, word);
            case PageOwners.ENCODING -> false;
            default -> true;
          };
      if (!secured) {
        hold.pause();
        secured = capture.isReleased();
      }
    }
    hold.end();
  }

  /** Copies a pending page if there is room and the encoder is not faster. */
  private boolean copy(int page, long seen) {
    int slot = staging.take();
    if (slot < 0) {
      return false;
    }
    if (!owners.take(page, seen, copyTag, PageOwners.COPYING)) {
      staging.untake();
      return false;
    }
    staging.copyIn(memory, page, slot);
    staging.writtenBlocks(slot, capture.writtenBlocksOf(page));
    owners.copied(page, copyTag, slot);
    capture.onCopied();
    counts.onCopied(1);
    return true;
  }

  @Override
  public String name() {
    return "write-barrier";
  }

  @Override
  public void start(IntPredicate mayBeNonZero) {
    stop();
    if (lastTag == Integer.MAX_VALUE) {
      restartTags();
    }
    tag = ++lastTag;
    wholeTag = tag;
    for (int page = 0; page < dirty.length; page++) {
      if (mayBeNonZero.test(page)) {
        tags[page] = tag;
        dirty[dirtyCount++] = page;
      }
    }
  }

  @Override
  public boolean isTracking() {
    return tag != OFF;
  }

  @Override
  public CapturedSet flip(CaptureKind kind) {
    if (kind == CaptureKind.NONE || tag == OFF || !capture.isReleased()) {
      throw new IllegalStateException(
          "cannot flip: kind "
              + kind
              + ", tracking "
              + isTracking()
              + ", capture before released "
              + capture.isReleased());
    }
    if (lastTag == Integer.MAX_VALUE) {
      restartTags();
    }
    int[] captured = dirty;
    int count = dirtyCount;
    dirty = spare;
    spare = captured;
    dirtyCount = 0;
    copyTag = kind == CaptureKind.ROUND ? NO_COPY : tag;
    staging.reset();
    capture.open(captured, count, tag, kind, kind == CaptureKind.ROUND || tag == wholeTag);
    tag = ++lastTag;
    counts.onCapture(count);
    return capture;
  }

  /** Starts tags from the beginning; the running epoch keeps its pages. Once in 2^31 epochs. */
  private void restartTags() {
    Arrays.fill(tags, OFF);
    owners.clear();
    copyTag = NO_COPY;
    lastTag = OFF + 1;
    if (tag != OFF) {
      tag = lastTag;
      wholeTag = tag;
      for (int i = 0; i < dirtyCount; i++) {
        tags[dirty[i]] = tag;
      }
    }
  }

  @Override
  public void awaitResume() {
    // A capture needs no copy in the pause, so the guest never waits here.
  }

  @Override
  public void stop() {
    capture.releaseAll();
    tag = OFF;
    copyTag = NO_COPY;
    dirtyCount = 0;
  }

  @Override
  public int dirtyPages() {
    return dirtyCount;
  }

  @Override
  public long memoryBytes() {
    return HEAP_BYTES_PER_PAGE * dirty.length + (long) staging.slots() * RegionSpec.PAGE_BYTES;
  }

  @Override
  public TrackerCounts counts() {
    return counts.snapshot();
  }

  @Override
  public void close() {
    stop();
    staging.close();
    capture.close();
  }
}
