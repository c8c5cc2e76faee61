package org.understudy.checkpoint.codec.encode;

import org.understudy.checkpoint.codec.format.BatchFormat;
import org.understudy.checkpoint.codec.format.BlockMasks;
import org.understudy.checkpoint.codec.format.CodecSettings;
import org.understudy.checkpoint.codec.format.Mem;
import org.understudy.checkpoint.codec.format.PageClass;
import org.understudy.checkpoint.codec.format.PageCoding;

/** Finds the cheapest class of each page, writes its record and updates the shadow. */
final class PageEncoder implements AutoCloseable {
  /** Up to so many changed blocks the words path wins without looking further. */
  private static final int FEW_BLOCKS = 12;

  /** Changed blocks from which a page is tried as a shifted one. */
  private static final int SHIFT_FROM = 6;

  /** Bytes of changed blocks above which the whole page is sent instead. */
  private static final int WHOLE_ABOVE = 48 * 64;

  /** Changed blocks above which pages are dense, and tried on their own. */
  private static final int DENSE_BLOCKS = 48;

  /** For what runs too seldom to be compiled: vectors allocate until they are. */
  private static final PageDiff SELDOM = new ScalarPageDiff();

  /** Share of changed bytes in changed blocks, in percent, above which masks do not pay. */
  private static final int DENSE_PERCENT = 75;

  /** Blocks that are looked at to estimate that share. */
  private static final int SAMPLE_BLOCKS = 8;

  /** A shifted page must cost at most so much of what the other classes do, in percent. */
  private static final int SHIFT_PERCENT = 85;

  /** Most candidates passed over after shifting did not pay. */
  private static final int SHIFT_PAUSE_MAX = 32;

  private final PageCoding coding;
  private final int unitShift;
  private final StageBuffers stage;
  private final Shadow shadow;
  private final SharingIndex sharing;
  private final EncodeStats stats;
  private final DataRatio dataRatio;
  private final ShiftMatcher shifts = new ShiftMatcher();
  private final FormChoice densePages = new FormChoice(false);
  private final FormChoice mediumPages = new FormChoice(false);
  private final FormChoice newPages = new FormChoice(false);
  private final FormChoice shiftedPages = new FormChoice(true);
  private final long trialBlocks = Mem.allocateZeroed(Mem.PAGE);
  private int shiftPause;
  private int shiftFailures;
  private PageDiff diff = PageDiffs.best();

  PageEncoder(
      CodecSettings settings,
      StageBuffers stage,
      Shadow shadow,
      SharingIndex sharing,
      EncodeStats stats,
      DataRatio dataRatio) {
    this.coding = settings.coding();
    this.unitShift = Integer.numberOfTrailingZeros(settings.blockBytes()) - 6;
    this.stage = stage;
    this.shadow = shadow;
    this.sharing = sharing;
    this.stats = stats;
    this.dataRatio = dataRatio;
  }

  void diff(PageDiff value) {
    diff = value;
  }

  /**
   * Encodes one page.
   *
   * @param written 64-byte blocks that may differ from what was encoded for this page last
   * @param stamp changes with every epoch (every batch in epoch 0)
   */
  void encode(int page, long content, long written, int stamp) {
    stats.addPage(
        switch (coding) {
          case WHOLE -> whole(page, content);
          case XOR_RLE ->
              shadow.isHashed(page) ? hashed(page, content, written) : xorRle(page, content);
          default ->
              shadow.isHashed(page)
                  ? hashed(page, content, written)
                  : compared(page, content, written, stamp);
        });
  }

  /**
   * Encodes a page that the backup does not hold as zeros.
   *
   * @param isThere the backup holds just this content
   */
  void encodeOver(int page, long content, boolean isThere, int stamp) {
    stats.addPage(isThere ? PageClass.UNCHANGED : anew(page, content));
    stats.alreadyTherePages += isThere ? 1 : 0;
    if (shadow != null && content != Mem.ZERO_PAGE) {
      shadow.update(page, content, -1L);
    }
    if (sharing != null && !isThere) {
      sharing.changed(page, stamp);
    }
  }

  /** Whatever the backup holds, without a reference to it. */
  private PageClass anew(int page, long content) {
    if (shadow != null) {
      stats.changedBlocks += 64 >>> unitShift;
    }
    boolean mayBeConstant =
        coding == PageCoding.BLOCKS || coding == PageCoding.HYBRID || content == Mem.ZERO_PAGE;
    PageClass result = mayBeConstant ? constant(page, content) : null;
    return result == null ? whole(page, content) : result;
  }

  private PageClass compared(int page, long content, long written, int stamp) {
    long old = shadow.copy(page);
    // A page never shipped may hold bytes from before anybody counted.
    long changed = diff.changedBlocks(old, content, old == Mem.ZERO_PAGE ? -1L : written);
    if (changed == 0) {
      return PageClass.UNCHANGED;
    }
    int blocks = Long.bitCount(units(changed));
    stats.changedBlocks += blocks;
    long candidate = 0;
    PageClass result = constant(page, content);
    if (result == null && sharing != null && blocks << unitShift > FEW_BLOCKS) {
      candidate = sharing.candidate(content);
      result = candidate == 0 ? null : shared(page, content, candidate, stamp);
    }
    if (result == null) {
      result =
          coding == PageCoding.BLOCKS
              ? blocks(page, content, changed)
              : hybrid(page, old, content, changed);
    }
    shadow.update(page, content, changed);
    if (sharing != null) {
      sharing.changed(page, stamp);
      if (candidate != 0) {
        sharing.put(candidate, page);
      }
    }
    return result;
  }

  private PageClass hybrid(int page, long old, long content, long changed) {
    int blocks = Long.bitCount(changed);
    if (blocks < SHIFT_FROM) {
      stage.markWords();
      putWords(old, content, changed);
      return words(page, changed);
    }
    boolean mayShift = old != Mem.ZERO_PAGE && mayShift();
    FormChoice choice = formChoice(old, blocks);
    boolean trial = blocks > FEW_BLOCKS && choice.isTrial();
    boolean raw = blocks > FEW_BLOCKS && choice.other();
    if (raw && !trial || isFull(old, content, changed, blocks)) {
      return mayShift && matches(old, content, changed, dataRatio.cost(blocks * 64))
          ? shifted(page)
          : blocks(page, content, changed);
    }
    stage.markWords();
    putWords(old, content, changed);
    if (trial) {
      int bytes = copyBlocks(content, rawForm(changed), trialBlocks);
      choice.add(trialBlocks, bytes, content, 0, stage.words(), stage.mode);
    }
    if (mayShift && isBetterShifted(old, content, changed, raw)) {
      stage.dropWords();
      return shifted(page);
    }
    if (raw) {
      stage.dropWords();
      return blocks(page, content, changed);
    }
    return words(page, changed);
  }

  private FormChoice formChoice(long old, int blocks) {
    if (old == Mem.ZERO_PAGE) {
      return newPages;
    }
    return blocks > DENSE_BLOCKS ? densePages : mediumPages;
  }

  /** Blocks that {@link #blocks} sends for these: all of them if there are many. */
  private long rawForm(long changed) {
    long blocks = spread(units(changed));
    return Long.bitCount(blocks) << 6 > WHOLE_ABOVE ? -1L : blocks;
  }

  private static int copyBlocks(long content, long blocks, long to) {
    long at = to;
    for (long rest = blocks; rest != 0; rest &= rest - 1, at += 64) {
      Mem.copyBlock(content + ((long) Long.numberOfTrailingZeros(rest) << 6), at);
    }
    return (int) (at - to);
  }

  private static boolean isFull(long old, long content, long changed, int blocks) {
    return blocks > FEW_BLOCKS && changedPercent(old, content, changed, blocks) > DENSE_PERCENT;
  }

  private boolean isBetterShifted(long old, long content, long changed, boolean raw) {
    int otherBytes =
        raw ? dataRatio.cost(Long.bitCount(changed) * 64) : stage.words().markedBytes();
    boolean trial = shiftedPages.isTrial();
    if (!trial && !shiftedPages.other() || !matches(old, content, changed, otherBytes)) {
      return false;
    }
    if (trial) {
      int opsBytes = (int) (shifts.opsEnd() - stage.ops);
      int literalBytes = (int) (shifts.literalsEnd() - stage.literals);
      shiftedPages.add(
          stage.ops, opsBytes, stage.literals, literalBytes, stage.words(), stage.mode);
    }
    return shiftedPages.other();
  }

  /** Share of changed bytes in a sample of the changed blocks. */
  private static int changedPercent(long old, long content, long changed, int blocks) {
    int step = Math.max(1, blocks / SAMPLE_BLOCKS);
    int seen = 0;
    int bytes = 0;
    int index = 0;
    for (long rest = changed; rest != 0; rest &= rest - 1, index++) {
      if (index % step == 0) {
        int block = Long.numberOfTrailingZeros(rest) << 6;
        for (int at = block; at < block + 64; at += Long.BYTES) {
          long x = Mem.getLong(old + at) ^ Mem.getLong(content + at);
          bytes += Long.bitCount(ScalarPageDiff.nonZeroBytes(x));
        }
        seen++;
      }
    }
    return bytes * 100 / (seen * 64);
  }

  private PageClass constant(int page, long content) {
    long value = Mem.getLong(content);
    if (value != Mem.getLong(content + 8) || value != Mem.getLong(content + Mem.PAGE - 8)) {
      return null;
    }
    for (int at = 16; at < Mem.PAGE - 8; at += Long.BYTES) {
      if (Mem.getLong(content + at) != value) {
        return null;
      }
    }
    if (value == 0) {
      stage.page(page, BatchFormat.CLASS_ZERO);
    } else {
      stage.page(page, BatchFormat.CLASS_CONSTANT);
      Mem.putLong(stage.ops, value);
      stage.ops += Long.BYTES;
      stage.count(BatchFormat.STREAM_OPS, PageClass.CONSTANT, Long.BYTES);
    }
    return PageClass.CONSTANT;
  }

  private PageClass shared(int page, long content, long candidate, int stamp) {
    int source = sharing.find(candidate, content, stamp);
    if (source < 0) {
      return null;
    }
    stage.page(page, BatchFormat.CLASS_SHARED);
    long end = Mem.putVarint(stage.ops, source);
    stage.count(BatchFormat.STREAM_OPS, PageClass.SHARED, end - stage.ops);
    stage.ops = end;
    return PageClass.SHARED;
  }

  private void putWords(long old, long content, long changed) {
    long blocks = spread(units(changed));
    if (stage.trial) {
      for (int mode = 0; mode < BatchFormat.MODES; mode++) {
        PageDiff path = mode == BatchFormat.MODE_RAW ? diff : SELDOM;
        path.putWords(old, content, blocks, stage.sinks[mode], mode);
      }
      stage.trialBytes += stage.words().markedBytes();
    } else {
      diff.putWords(old, content, blocks, stage.words(), stage.mode);
    }
  }

  /** Writes the record of a page whose words are put. */
  private PageClass words(int page, long changed) {
    putPositions(page, BatchFormat.CLASS_WORDS, changed, PageClass.WORDS);
    return PageClass.WORDS;
  }

  private PageClass blocks(int page, long content, long changed) {
    long blocks = rawForm(changed);
    if (blocks == -1L) {
      return whole(page, content);
    }
    putPositions(page, BatchFormat.CLASS_BLOCKS, changed, PageClass.BLOCKS);
    long start = stage.data;
    stage.data += copyBlocks(content, blocks, stage.data);
    stage.count(BatchFormat.STREAM_DATA, PageClass.BLOCKS, stage.data - start);
    return PageClass.BLOCKS;
  }

  private PageClass whole(int page, long content) {
    stage.page(page, BatchFormat.CLASS_WHOLE);
    Mem.copy(content, stage.data, Mem.PAGE);
    stage.data += Mem.PAGE;
    stage.count(BatchFormat.STREAM_DATA, PageClass.WHOLE, Mem.PAGE);
    if (shadow == null) {
      stats.changedBlocks += 64 >>> unitShift;
    }
    return PageClass.WHOLE;
  }

  private PageClass hashed(int page, long content, long written) {
    long changed = shadow.compareAndUpdateHashes(page, content, written);
    if (changed == 0) {
      return PageClass.UNCHANGED;
    }
    stats.changedBlocks += Long.bitCount(units(changed));
    PageClass constant = coding == PageCoding.XOR_RLE ? null : constant(page, content);
    return constant == null ? blocks(page, content, changed) : constant;
  }

  private PageClass xorRle(int page, long content) {
    long old = shadow.copy(page);
    long changed = diff.changedBlocks(old, content);
    if (changed == 0) {
      return PageClass.UNCHANGED;
    }
    stats.changedBlocks += Long.bitCount(units(changed));
    long end = XorRle.encode(old, content, stage.literals, Mem.PAGE);
    shadow.update(page, content, changed);
    if (end == 0) {
      return whole(page, content);
    }
    stage.page(page, BatchFormat.CLASS_XOR_RLE);
    long opsEnd = Mem.putVarint(stage.ops, (int) (end - stage.literals));
    stage.count(BatchFormat.STREAM_OPS, PageClass.XOR_RLE, opsEnd - stage.ops);
    stage.count(BatchFormat.STREAM_LITERALS, PageClass.XOR_RLE, end - stage.literals);
    stage.ops = opsEnd;
    stage.literals = end;
    return PageClass.XOR_RLE;
  }

  private boolean mayShift() {
    if (shiftPause > 0) {
      shiftPause--;
      return false;
    }
    return true;
  }

  /** Whether copies and literals take much less than {@code otherBytes}; not written yet. */
  private boolean matches(long old, long content, long changed, int otherBytes) {
    int maxBytes = otherBytes * SHIFT_PERCENT / 100;
    if (shifts.match(old, content, changed, stage.ops, stage.literals, maxBytes)) {
      shiftFailures /= 2;
      return true;
    }
    shiftFailures++;
    shiftPause = Math.min(SHIFT_PAUSE_MAX, shiftFailures);
    return false;
  }

  /** Writes the record of a page that was matched. */
  private PageClass shifted(int page) {
    stage.page(page, BatchFormat.CLASS_SHIFTED);
    stage.count(BatchFormat.STREAM_OPS, PageClass.SHIFTED, shifts.opsEnd() - stage.ops);
    stage.count(
        BatchFormat.STREAM_LITERALS, PageClass.SHIFTED, shifts.literalsEnd() - stage.literals);
    stage.ops = shifts.opsEnd();
    stage.literals = shifts.literalsEnd();
    return PageClass.SHIFTED;
  }

  private void putPositions(int page, int classByte, long changed, PageClass pageClass) {
    long units = units(changed);
    int count = Long.bitCount(units);
    stage.page(page, classByte + count - 1);
    long start = stage.positions;
    if (count <= BatchFormat.LIST_MAX) {
      for (long rest = units; rest != 0; rest &= rest - 1) {
        Mem.putByte(stage.positions++, Long.numberOfTrailingZeros(rest) >>> unitShift);
      }
    } else {
      Mem.putLong(stage.positions, BlockMasks.pack(units, unitShift));
      stage.positions += Long.BYTES >>> unitShift;
    }
    stage.count(BatchFormat.STREAM_POSITIONS, pageClass, stage.positions - start);
  }

  private long units(long changed) {
    return BlockMasks.units(changed, unitShift);
  }

  private long spread(long units) {
    return BlockMasks.spread(units, unitShift);
  }

  @Override
  public void close() {
    shifts.close();
    densePages.close();
    mediumPages.close();
    Mem.free(trialBlocks);
    newPages.close();
    shiftedPages.close();
  }
}
