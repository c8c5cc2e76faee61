package org.understudy.lab.bench.encode;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Turns addresses of a process into page numbers of one memory. Order and gaps stay, as their
 * encoding counts; only the widest gaps (between libraries, heap and stack) are narrowed, so that
 * the memory can be mapped. An address that comes again starts another epoch, which gets pages of
 * its own.
 *
 * @param pages per record
 * @param totalPages pages of the memory
 */
record PageNumbers(int[] pages, int totalPages) {
  private static final int WIDEST_GAP = 1 << 14;
  private static final int NARROWEST_GAP = 128;
  private static final long MAX_TOTAL_PAGES = 1 << 20;

  static PageNumbers of(List<Long> addresses) {
    int gap = WIDEST_GAP;
    while (true) {
      int[] pages = new int[addresses.size()];
      long total = number(addresses, gap, pages);
      if (total <= MAX_TOTAL_PAGES || gap == NARROWEST_GAP) {
        return new PageNumbers(pages, Math.toIntExact(total));
      }
      gap /= 2;
    }
  }

  private static long number(List<Long> addresses, int widestGap, int[] pages) {
    long base = 0;
    int from = 0;
    while (from < pages.length) {
      Set<Long> seen = new HashSet<>();
      int to = from;
      while (to < pages.length && seen.add(addresses.get(to) >>> 12)) {
        to++;
      }
      base = numberEpoch(addresses, seen, widestGap, pages, from, to, base);
      from = to;
    }
    return base;
  }

  private static long numberEpoch(
      List<Long> addresses, Set<Long> seen, int gap, int[] pages, int from, int to, long base) {
    Map<Long, Long> numbers = new TreeMap<>(Long::compareUnsigned);
    Set<Long> sorted = new TreeSet<>(Long::compareUnsigned);
    sorted.addAll(seen);
    long next = base;
    long last = -1;
    for (long page : sorted) {
      next += last < 0 ? 0 : Math.min(gap, page - last);
      numbers.put(page, next);
      last = page;
    }
    for (int i = from; i < to; i++) {
      pages[i] = Math.toIntExact(numbers.get(addresses.get(i) >>> 12));
    }
    return next + 1;
  }
}
