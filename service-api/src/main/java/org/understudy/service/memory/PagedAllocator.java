package org.understudy.service.memory;

import static org.understudy.service.memory.SizeClasses.PAGE_BYTES;

import org.agrona.collections.IntIntConsumer;

/**
 * The allocator of a service: slots of a few sizes packed into spans of pages, and runs of whole
 * pages for everything above 16 KiB. All of its state is in the memory, so that opening it again is
 * all that a restore needs. A span's slots are tracked by a bitmap at its start, in the page that
 * is written anyway.
 */
public final class PagedAllocator implements Allocator {
  /** Bytes that the allocator's header needs at the place given to it. */
  public static final int HEADER_BYTES = PageHeap.HEADER_BYTES + 256;

  private static final int ALLOCATED_BYTES = 16;
  private static final int PARTIAL_HEADS = PageHeap.HEADER_BYTES;

  private final ProtectedMemory memory;
  private final PageHeap pages;
  private final long header;
  private final int tablePage;
  private final long reservedPages;

  private PagedAllocator(ProtectedMemory memory, long header, int tablePage, long reservedPages) {
    this.memory = memory;
    this.header = header;
    this.tablePage = tablePage;
    this.reservedPages = reservedPages;
    this.pages = new PageHeap(memory, header, (long) tablePage * PAGE_BYTES);
  }

  /**
   * Sets up the allocator in zeroed memory: its table from {@code tablePage} on, then the heap.
   *
   * @param header offset of {@link #HEADER_BYTES} bytes for its header
   */
  public static PagedAllocator format(ProtectedMemory memory, long header, int tablePage) {
    int totalPages = (int) (memory.capacity() / PAGE_BYTES);
    long tableBytes = (long) totalPages * PageHeap.ENTRY_BYTES;
    long firstPage = tablePage + (tableBytes + PAGE_BYTES - 1) / PAGE_BYTES;
    if (firstPage >= totalPages) {
      throw new IllegalArgumentException(
          "protected memory of " + memory.capacity() + " bytes has no room for a heap");
    }
    PagedAllocator allocator = new PagedAllocator(memory, header, tablePage, 0);
    allocator.pages.format((int) firstPage, totalPages);
    return allocator;
  }

  /** Opens the allocator of memory that was set up before. */
  public static PagedAllocator open(ProtectedMemory memory, long header, int tablePage) {
    return new PagedAllocator(memory, header, tablePage, 0);
  }

  /** An allocator of the same memory that leaves this many bytes of free pages to others. */
  public PagedAllocator withReserve(long reserveBytes) {
    return new PagedAllocator(memory, header, tablePage, reserveBytes / PAGE_BYTES);
  }

  @Override
  public long allocate(long bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("cannot allocate " + bytes + " bytes");
    }
    if (bytes <= SizeClasses.MAX_SMALL_BYTES) {
      return allocateSlot(SizeClasses.of((int) bytes), bytes);
    }
    long count = (bytes + PAGE_BYTES - 1) / PAGE_BYTES;
    int page = count > unreservedPages() ? 0 : pages.allocateLarge((int) count);
    if (page == 0) {
      throw new OutOfProtectedMemoryException(bytes, freePageBytes(), totalBytes());
    }
    addAllocated(count * PAGE_BYTES);
    return (long) page * PAGE_BYTES;
  }

  @Override
  public void free(long offset) {
    int page = pageOf(offset);
    int kind = pages.kind(page);
    if (kind == PageHeap.LARGE && offset % PAGE_BYTES == 0) {
      int count = pages.pages(page);
      addAllocated(-(long) count * PAGE_BYTES);
      pages.free(page, count, false);
    } else if (kind == PageHeap.SPAN || kind == PageHeap.SPAN_REST) {
      freeSlot(offset, pages.spanStart(page));
    } else {
      throw notAllocated(offset);
    }
  }

  @Override
  public long usableBytes(long offset) {
    int page = pageOf(offset);
    int kind = pages.kind(page);
    if (kind == PageHeap.LARGE && offset % PAGE_BYTES == 0) {
      return (long) pages.pages(page) * PAGE_BYTES;
    }
    if (kind != PageHeap.SPAN && kind != PageHeap.SPAN_REST) {
      throw notAllocated(offset);
    }
    int span = pages.spanStart(page);
    slotOf(offset, span);
    return SizeClasses.slotBytes(pages.sizeClass(span));
  }

  @Override
  public long roundUp(long bytes) {
    return bytes <= SizeClasses.MAX_SMALL_BYTES
        ? SizeClasses.slotBytes(SizeClasses.of((int) Math.max(bytes, 1)))
        : (bytes + PAGE_BYTES - 1) & -PAGE_BYTES;
  }

  @Override
  public long allocatedBytes() {
    return memory.getLong(header + ALLOCATED_BYTES);
  }

  @Override
  public long freePageBytes() {
    return Math.max(0, unreservedPages()) * PAGE_BYTES;
  }

  @Override
  public long totalBytes() {
    return memory.capacity();
  }

  /**
   * Visits, in ascending order, every run of pages that may hold anything but zeros, as first page
   * and count: what an initial copy has to send. Free pages are zero.
   */
  public void forEachUsedRun(IntIntConsumer consumer) {
    int total = pages.totalPages();
    int used = 0;
    int page = pages.firstPage();
    while (page < total) {
      int count = pages.pages(page);
      if (pages.kind(page) == PageHeap.FREE) {
        if (page > used) {
          consumer.accept(used, page - used);
        }
        used = page + count;
      }
      page += count;
    }
    if (total > used) {
      consumer.accept(used, total - used);
    }
  }

  private long allocateSlot(int sizeClass, long bytes) {
    int span = partialHead(sizeClass);
    if (span == 0) {
      int count = SizeClasses.spanPages(sizeClass);
      span = count > unreservedPages() ? 0 : pages.allocateSpan(count, sizeClass);
      if (span == 0) {
        throw new OutOfProtectedMemoryException(bytes, freePageBytes(), totalBytes());
      }
      memory.putInt((long) span * PAGE_BYTES, SizeClasses.slots(sizeClass));
      pushPartial(span, sizeClass);
    }
    long base = (long) span * PAGE_BYTES;
    long word = base + Long.BYTES;
    long bits = memory.getLong(word);
    while (bits == -1L) {
      word += Long.BYTES;
      bits = memory.getLong(word);
    }
    int bit = Long.numberOfTrailingZeros(~bits);
    memory.putLong(word, bits | 1L << bit);
    int free = memory.getInt(base) - 1;
    memory.putInt(base, free);
    if (free == 0) {
      unlinkPartial(span, sizeClass);
    }
    int slotBytes = SizeClasses.slotBytes(sizeClass);
    addAllocated(slotBytes);
    long slot = (word - base - Long.BYTES) * Byte.SIZE + bit;
    return base + SizeClasses.headerBytesOf(sizeClass) + slot * slotBytes;
  }

  private void freeSlot(long offset, int span) {
    int sizeClass = pages.sizeClass(span);
    int slot = slotOf(offset, span);
    long base = (long) span * PAGE_BYTES;
    long word = base + Long.BYTES + (slot >>> 6) * Long.BYTES;
    memory.putLong(word, memory.getLong(word) & ~(1L << slot));
    addAllocated(-SizeClasses.slotBytes(sizeClass));
    int free = memory.getInt(base) + 1;
    memory.putInt(base, free);
    if (free == 1) {
      pushPartial(span, sizeClass);
    }
    // The last partial span of a class stays, so that one allocation to and fro moves no pages.
    if (free == SizeClasses.slots(sizeClass)
        && (pages.next(span) != 0 || partialHead(sizeClass) != span)) {
      unlinkPartial(span, sizeClass);
      pages.free(span, SizeClasses.spanPages(sizeClass), true);
    }
  }

  /** Index of an allocated slot; throws if none starts at the offset. */
  private int slotOf(long offset, int span) {
    int sizeClass = pages.sizeClass(span);
    long base = (long) span * PAGE_BYTES;
    int inSlots = (int) (offset - base) - SizeClasses.headerBytesOf(sizeClass);
    int slotBytes = SizeClasses.slotBytes(sizeClass);
    int slot = inSlots / slotBytes;
    if (inSlots < 0
        || inSlots % slotBytes != 0
        || slot >= SizeClasses.slots(sizeClass)
        || (memory.getLong(base + Long.BYTES + (slot >>> 6) * Long.BYTES) & 1L << slot) == 0) {
      throw notAllocated(offset);
    }
    return slot;
  }

  private long unreservedPages() {
    return pages.freePages() - reservedPages;
  }

  private int partialHead(int sizeClass) {
    return memory.getInt(header + PARTIAL_HEADS + sizeClass * Integer.BYTES);
  }

  private void pushPartial(int span, int sizeClass) {
    int head = partialHead(sizeClass);
    pages.setNext(span, head);
    pages.setPrevious(span, 0);
    if (head != 0) {
      pages.setPrevious(head, span);
    }
    memory.putInt(header + PARTIAL_HEADS + sizeClass * Integer.BYTES, span);
  }

  private void unlinkPartial(int span, int sizeClass) {
    int next = pages.next(span);
    int previous = pages.previous(span);
    if (next != 0) {
      pages.setPrevious(next, previous);
    }
    if (previous != 0) {
      pages.setNext(previous, next);
    } else {
      memory.putInt(header + PARTIAL_HEADS + sizeClass * Integer.BYTES, next);
    }
  }

  private int pageOf(long offset) {
    long page = offset / PAGE_BYTES;
    if (offset <= 0 || page < pages.firstPage() || page >= pages.totalPages()) {
      throw notAllocated(offset);
    }
    return (int) page;
  }

  private void addAllocated(long bytes) {
    memory.putLong(header + ALLOCATED_BYTES, allocatedBytes() + bytes);
  }

  private static IllegalArgumentException notAllocated(long offset) {
    return new IllegalArgumentException("nothing is allocated at offset " + offset);
  }
}
