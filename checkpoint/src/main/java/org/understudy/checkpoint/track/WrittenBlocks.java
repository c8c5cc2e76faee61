package org.understudy.checkpoint.track;

import java.util.Arrays;
import org.understudy.checkpoint.memory.RegionSpec;

/**
 * Which parts of a page were written, so that the encoder need not compare the rest: one byte per
 * 256 bytes of memory, holding the low byte of the tag of the epoch that wrote there last. A mark
 * is one store, and nothing is cleared at a flip. After 256 epochs a byte repeats, which names a
 * block too many and never one too few.
 *
 * <p>A mark of a later epoch hides that of the captured one. So marks of a page in the captured
 * epoch may be overwritten only once the page is secured, as its content may.
 */
final class WrittenBlocks {
  private static final int UNIT_SHIFT = 8;

  /** Marks of a page, a byte each. */
  static final int UNITS_PER_PAGE = RegionSpec.PAGE_BYTES >>> UNIT_SHIFT;

  private static final int BLOCKS_PER_UNIT = 64 / UNITS_PER_PAGE;

  /** The 64-byte blocks of one unit, as a mask. */
  private static final long UNIT_BLOCKS = (1L << BLOCKS_PER_UNIT) - 1;

  private final byte[] marks;

  WrittenBlocks(int pages) {
    // One more, as for the tags: an empty write at the very end is no error.
    marks = new byte[Math.addExact(Math.multiplyExact(pages, UNITS_PER_PAGE), 1)];
  }

  /** The epoch of this tag writes here. */
  void mark(long offset, long length, int tag) {
    int first = (int) (offset >>> UNIT_SHIFT);
    int last = (int) ((offset + length - 1) >>> UNIT_SHIFT);
    marks[first] = (byte) tag;
    if (last > first) {
      markRest(first + 1, last, tag);
    }
  }

  private void markRest(int first, int last, int tag) {
    if (last == first) {
      marks[first] = (byte) tag;
    } else {
      Arrays.fill(marks, first, last + 1, (byte) tag);
    }
  }

  /** The 64-byte blocks of a page that the epoch of this tag may have written; bit i is block i. */
  long of(int page, int tag) {
    byte mark = (byte) tag;
    int first = page * UNITS_PER_PAGE;
    long blocks = 0;
    for (int unit = 0; unit < UNITS_PER_PAGE; unit++) {
      if (marks[first + unit] == mark) {
        blocks |= UNIT_BLOCKS << unit * BLOCKS_PER_UNIT;
      }
    }
    return blocks;
  }
}
