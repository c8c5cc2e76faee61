package org.understudy.checkpoint.track;

import java.util.BitSet;
import org.understudy.host.FileExtents;

/**
 * The blocks of a memory file that have, or once had, data. Only they have to be scanned: what was
 * a hole before and is one still has not changed.
 */
final class TouchedBlocks {
  /** Two page tables: little is scanned for nothing, and there are few blocks to ask for. */
  static final long BLOCK_BYTES = 4 << 20;

  /** Takes a run of blocks. */
  @FunctionalInterface
  interface Runs {
    /** First byte, the byte after the last, and whether they came with the last growth. */
    void onRun(long from, long to, boolean areNew);
  }

  private final FileExtents extents;
  private final long bytes;
  private final int blocks;
  private final BitSet known;
  private final BitSet fresh;

  /** None yet. */
  TouchedBlocks(FileExtents extents, long bytes) {
    this.extents = extents;
    this.bytes = bytes;
    blocks = (int) ((bytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
    known = new BitSet(blocks);
    fresh = new BitSet(blocks);
  }

  /** All of them, without asking. */
  static TouchedBlocks all(long bytes) {
    TouchedBlocks made = new TouchedBlocks(null, bytes);
    made.known.set(0, made.blocks);
    return made;
  }

  /** Adds the blocks that have come to have data since the last growth. */
  void grow() {
    known.or(fresh);
    fresh.clear();
    int block = known.nextClearBit(0);
    while (block < blocks) {
      int next = known.nextSetBit(block);
      long end = next < 0 ? bytes : next * BLOCK_BYTES;
      long data = extents.nextData(block * BLOCK_BYTES, end);
      if (data < end) {
        int found = (int) (data / BLOCK_BYTES);
        fresh.set(found);
        block = known.nextClearBit(found + 1);
      } else {
        block = next < 0 ? blocks : known.nextClearBit(next);
      }
    }
  }

  /** Known and new ones, ascending. */
  void forEachRun(Runs runs) {
    int at = 0;
    while (at < blocks) {
      boolean isNew = fresh.get(at);
      boolean isKnown = known.get(at);
      int end = Math.min(end(known, at), end(fresh, at));
      if (isNew || isKnown) {
        runs.onRun(at * BLOCK_BYTES, Math.min(bytes, end * BLOCK_BYTES), isNew);
      }
      at = end;
    }
  }

  /** Where the run of equal bits ends. */
  private int end(BitSet set, int from) {
    int end = set.get(from) ? set.nextClearBit(from) : set.nextSetBit(from);
    return end < 0 ? blocks : Math.min(end, blocks);
  }
}
