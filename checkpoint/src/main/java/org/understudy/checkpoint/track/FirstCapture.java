package org.understudy.checkpoint.track;

import java.util.function.IntPredicate;

/**
 * The set that a tracker owes its first capture after a start: the pages that may be non-zero, and
 * those written since. Only for trackers that learn of writes at the flip.
 */
final class FirstCapture {
  private final long[] bits;
  private boolean due;

  FirstCapture(int pages) {
    bits = new long[(pages + Long.SIZE - 1) / Long.SIZE];
  }

  void start(int pages, IntPredicate mayBeNonZero) {
    java.util.Arrays.fill(bits, 0);
    for (int page = 0; page < pages; page++) {
      if (mayBeNonZero.test(page)) {
        add(page);
      }
    }
    due = true;
  }

  boolean isDue() {
    return due;
  }

  void add(int page) {
    bits[page >>> 6] |= 1L << page;
  }

  /** Writes the pages in ascending order and returns their number. */
  int drainTo(int[] pages) {
    int count = 0;
    for (int word = 0; word < bits.length; word++) {
      for (long rest = bits[word]; rest != 0; rest &= rest - 1) {
        pages[count++] = word * Long.SIZE + Long.numberOfTrailingZeros(rest);
      }
    }
    due = false;
    return count;
  }

  void cancel() {
    due = false;
  }

  long memoryBytes() {
    return (long) bits.length * Long.BYTES;
  }
}
