package org.understudy.service.memory;

import static org.understudy.service.memory.SizeClasses.PAGE_BYTES;

/**
 * Runs of pages: a table with one entry of 16 bytes per page, and free runs in segregated bins
 * (exact below 8 pages, then eight per doubling), found and merged in constant time. The idea is
 * that of Masmano et al., "TLSF: a new dynamic memory allocator for real-time systems" (2004), on
 * pages. Free pages are always zero, so that an initial copy may leave them out.
 *
 * <p>Entry: {@code u8 kind, u8 size class, u16 distance to the span's first page, i32 pages, i32
 * next, i32 previous}. An entry inside a run is zero unless it belongs to a span of slots.
 */
final class PageHeap {
  /** Kinds of a page's entry. */
  static final int INSIDE = 0;

  static final int FREE = 1;
  static final int FREE_LAST = 2;
  static final int LARGE = 3;
  static final int SPAN = 4;
  static final int SPAN_REST = 5;

  /** Header: total pages, first heap page, free pages, bin bitmap, bin heads. */
  static final int HEADER_BYTES = 1088;

  static final int ENTRY_BYTES = 16;

  private static final int TOTAL_PAGES = 0;
  private static final int FIRST_PAGE = 4;
  private static final int FREE_PAGES = 8;
  private static final int BITMAP = 32;
  private static final int BITMAP_WORDS = 4;
  private static final int HEADS = 64;
  private static final int PAGES = 4;
  private static final int NEXT = 8;
  private static final int PREVIOUS = 12;

  private final ProtectedMemory memory;
  private final long header;
  private final long table;

  PageHeap(ProtectedMemory memory, long header, long table) {
    this.memory = memory;
    this.header = header;
    this.table = table;
  }

  /** Makes all pages from {@code firstPage} one free run; they must be zero. */
  void format(int firstPage, int totalPages) {
    memory.putInt(header + TOTAL_PAGES, totalPages);
    memory.putInt(header + FIRST_PAGE, firstPage);
    memory.putLong(header + FREE_PAGES, totalPages - firstPage);
    insert(firstPage, totalPages - firstPage);
  }

  int totalPages() {
    return memory.getInt(header + TOTAL_PAGES);
  }

  int firstPage() {
    return memory.getInt(header + FIRST_PAGE);
  }

  long freePages() {
    return memory.getLong(header + FREE_PAGES);
  }

  long entry(int page) {
    return table + (long) page * ENTRY_BYTES;
  }

  int kind(int page) {
    return memory.getByte(entry(page));
  }

  /** Pages of the run that starts here. */
  int pages(int page) {
    return memory.getInt(entry(page) + PAGES);
  }

  int sizeClass(int page) {
    return memory.getByte(entry(page) + 1);
  }

  /** First page of the span that this page belongs to. */
  int spanStart(int page) {
    return page - (memory.getShort(entry(page) + 2) & 0xffff);
  }

  int next(int page) {
    return memory.getInt(entry(page) + NEXT);
  }

  int previous(int page) {
    return memory.getInt(entry(page) + PREVIOUS);
  }

  void setNext(int page, int next) {
    memory.putInt(entry(page) + NEXT, next);
  }

  void setPrevious(int page, int previous) {
    memory.putInt(entry(page) + PREVIOUS, previous);
  }

  /** Takes a run of zeroed pages; 0 if no free run is long enough. */
  int allocateLarge(int pages) {
    int page = take(pages);
    if (page != 0) {
      putEntry(page, LARGE, 0, 0, pages);
    }
    return page;
  }

  /** Takes a run of zeroed pages for slots; 0 if no free run is long enough. */
  int allocateSpan(int pages, int sizeClass) {
    int page = take(pages);
    if (page != 0) {
      putEntry(page, SPAN, sizeClass, 0, pages);
      for (int i = 1; i < pages; i++) {
        putEntry(page + i, SPAN_REST, sizeClass, i, 0);
      }
    }
    return page;
  }

  /** Gives a run back: zeroes it and merges it with its neighbours. */
  void free(int page, int pages, boolean span) {
    memory.setMemory((long) page * PAGE_BYTES, (long) pages * PAGE_BYTES, (byte) 0);
    clear(page, span ? pages : 1);
    memory.putLong(header + FREE_PAGES, freePages() + pages);
    int start = page;
    int length = pages;
    int after = page + pages;
    if (after < totalPages() && kind(after) == FREE) {
      length += pages(after);
      remove(after);
    }
    int before = freeRunBefore(page);
    if (before != 0) {
      length += page - before;
      start = before;
      remove(before);
    }
    insert(start, length);
  }

  private int freeRunBefore(int page) {
    if (page == firstPage()) {
      return 0;
    }
    int kind = kind(page - 1);
    if (kind == FREE) {
      return page - 1;
    }
    return kind == FREE_LAST ? page - pages(page - 1) : 0;
  }

  private int take(int pages) {
    int page = find(pages);
    if (page == 0) {
      return 0;
    }
    int length = pages(page);
    remove(page);
    if (length > pages) {
      insert(page + pages, length - pages);
    }
    memory.putLong(header + FREE_PAGES, freePages() - pages);
    return page;
  }

  private int find(int pages) {
    int bin = nextBin(binAtLeast(pages));
    if (bin >= 0) {
      return head(bin);
    }
    // Only runs in the request's own bin may still fit: a last resort before giving up.
    int page = head(bin(pages));
    while (page != 0 && pages(page) < pages) {
      page = next(page);
    }
    return page;
  }

  private void insert(int page, int pages) {
    int bin = bin(pages);
    int head = head(bin);
    putEntry(page, FREE, 0, 0, pages);
    setNext(page, head);
    setPrevious(page, 0);
    if (pages > 1) {
      putEntry(page + pages - 1, FREE_LAST, 0, 0, pages);
    }
    if (head != 0) {
      setPrevious(head, page);
    } else {
      long word = header + BITMAP + (bin >>> 6) * Long.BYTES;
      memory.putLong(word, memory.getLong(word) | 1L << bin);
    }
    memory.putInt(header + HEADS + bin * Integer.BYTES, page);
  }

  private void remove(int page) {
    int pages = pages(page);
    int bin = bin(pages);
    int next = next(page);
    int previous = previous(page);
    if (next != 0) {
      setPrevious(next, previous);
    }
    if (previous != 0) {
      setNext(previous, next);
    } else {
      memory.putInt(header + HEADS + bin * Integer.BYTES, next);
      if (next == 0) {
        long word = header + BITMAP + (bin >>> 6) * Long.BYTES;
        memory.putLong(word, memory.getLong(word) & ~(1L << bin));
      }
    }
    clear(page, 1);
    clear(page + pages - 1, 1);
  }

  private int head(int bin) {
    return memory.getInt(header + HEADS + bin * Integer.BYTES);
  }

  private int nextBin(int from) {
    for (int word = from >>> 6; word < BITMAP_WORDS; word++) {
      long bits = memory.getLong(header + BITMAP + word * Long.BYTES);
      if (word == from >>> 6) {
        bits &= -1L << from;
      }
      if (bits != 0) {
        return (word << 6) + Long.numberOfTrailingZeros(bits);
      }
    }
    return -1;
  }

  /** Bin of a run of this length. */
  static int bin(int pages) {
    if (pages < 8) {
      return pages - 1;
    }
    int log = 31 - Integer.numberOfLeadingZeros(pages);
    return 7 + (log - 3) * 8 + ((pages >>> (log - 3)) & 7);
  }

  /** First bin in which every run has at least this length. */
  private static int binAtLeast(int pages) {
    if (pages < 8) {
      return pages - 1;
    }
    int log = 31 - Integer.numberOfLeadingZeros(pages);
    long rounded = pages + (1L << (log - 3)) - 1;
    return rounded > Integer.MAX_VALUE ? BITMAP_WORDS * Long.SIZE : bin((int) rounded);
  }

  private void clear(int page, int pages) {
    memory.setMemory(entry(page), (long) pages * ENTRY_BYTES, (byte) 0);
  }

  private void putEntry(int page, int kind, int sizeClass, int distance, int pages) {
    memory.putLong(entry(page), kind | sizeClass << 8 | (long) distance << 16 | (long) pages << 32);
  }
}
