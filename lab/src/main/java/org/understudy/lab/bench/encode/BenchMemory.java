package org.understudy.lab.bench.encode;

import java.lang.foreign.MemorySegment;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;

/** The image of a decoder: zeros but for the old pages. */
final class BenchMemory implements GuestMemory {
  private final MappedGuestMemory memory;

  BenchMemory(PairFile pairs) {
    memory = MappedGuestMemory.anonymousSmallPages(layout(pairs));
    restore(pairs);
  }

  static RegionLayout layout(PairFile pairs) {
    return RegionLayout.of("pages", (long) pairs.totalPages() * Raw.PAGE);
  }

  /** Puts the old pages back. */
  void restore(PairFile pairs) {
    for (int i = 0; i < pairs.pages(); i++) {
      Raw.copy(pairs.oldPage(i), page(pairs.pageNumber(i)), Raw.PAGE);
    }
  }

  /** Whether all pages have their new content. */
  boolean hasNewPages(PairFile pairs) {
    for (int i = 0; i < pairs.pages(); i++) {
      if (!Raw.equalPages(pairs.newPage(i), page(pairs.pageNumber(i)))) {
        return false;
      }
    }
    return true;
  }

  long page(int number) {
    return address() + (long) number * Raw.PAGE;
  }

  @Override
  public RegionLayout layout() {
    return memory.layout();
  }

  @Override
  public long address() {
    return memory.address();
  }

  @Override
  public MemorySegment segment() {
    return memory.segment();
  }

  @Override
  public void close() {
    memory.close();
  }
}
