package org.understudy.checkpoint.track;

import java.lang.foreign.MemorySegment;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.checkpoint.memory.RegionSpec;

/**
 * One page for the private copies of a ROUND. The copy races with the guest on purpose: whatever it
 * may tear was written after the flip, so the page is in the next capture as well.
 */
final class RoundScratch implements AutoCloseable {
  private final GuestMemory memory;
  private final GuestMemory page;

  RoundScratch(GuestMemory memory) {
    this(
        memory,
        MappedGuestMemory.anonymousSmallPages(
            RegionLayout.of("round-scratch", RegionSpec.PAGE_BYTES)));
  }

  RoundScratch(GuestMemory memory, GuestMemory page) {
    this.memory = memory;
    this.page = page;
  }

  /** Copies a live page and returns the address of the copy, valid until the next one. */
  long copy(int number) {
    MemorySegment.copy(
        memory.segment(),
        (long) number * RegionSpec.PAGE_BYTES,
        page.segment(),
        0,
        RegionSpec.PAGE_BYTES);
    return page.address();
  }

  @Override
  public void close() {
    page.close();
  }
}
