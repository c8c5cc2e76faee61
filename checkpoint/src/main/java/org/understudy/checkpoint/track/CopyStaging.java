package org.understudy.checkpoint.track;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.checkpoint.memory.RegionSpec;

/**
 * A bounded pool of page-sized slots for copies. The guest's thread takes slots, the encoder's
 * thread gives them back, over a ring that always has room for all of them.
 */
final class CopyStaging implements AutoCloseable {
  /** 2^28 pages are 1 TiB, more than any host would stage, and fit the owner word. */
  static final int MAX_SLOTS = 1 << 28;

  private final MappedGuestMemory memory;
  private final int[] ring;
  private final long[] writtenBlocks;
  private final AtomicLong given = new AtomicLong();
  private long taken;

  /** A pool of this many pages. */
  static CopyStaging map(int slots) {
    if (slots < 1 || slots > MAX_SLOTS) {
      throw new IllegalArgumentException(
          "copy staging must have 1 to " + MAX_SLOTS + " pages, not " + slots);
    }
    return new CopyStaging(
        MappedGuestMemory.anonymousSmallPages(
            RegionLayout.of("copy-staging", (long) slots * RegionSpec.PAGE_BYTES)));
  }

  /** A pool in this memory. */
  CopyStaging(MappedGuestMemory memory) {
    this.memory = memory;
    ring = new int[memory.layout().totalPages()];
    writtenBlocks = new long[ring.length];
    taken = ring.length;
    reset();
  }

  /** Most heap of so many slots: the ring, and which blocks were written. */
  static long heapBytes(int slots) {
    return (long) slots * (Integer.BYTES + Long.BYTES);
  }

  /** All slots are free again; both sides must be at rest. Costs what was taken since the last. */
  void reset() {
    // Slots were given back at most to the positions that they were taken from.
    int disturbed = (int) Math.min(taken, ring.length);
    for (int slot = 0; slot < disturbed; slot++) {
      ring[slot] = slot;
    }
    taken = 0;
    given.set(ring.length);
  }

  /** Takes all of the memory now, so that a copy in the pause never waits for the kernel. */
  void populate() {
    memory.populate();
  }

  /** Takes a free slot; -1 when all are in use. Guest's thread. */
  int take() {
    return taken == given.getAcquire() ? -1 : ring[(int) (taken++ % ring.length)];
  }

  /** Puts the slot back that was taken last. Guest's thread. */
  void untake() {
    taken--;
  }

  /** Gives a slot back. Encoder's thread. */
  void give(int slot) {
    long position = given.getPlain();
    ring[(int) (position % ring.length)] = slot;
    given.setRelease(position + 1);
  }

  /** Copies a page of guest memory into a slot. */
  void copyIn(GuestMemory from, int page, int slot) {
    MemorySegment.copy(
        from.segment(),
        (long) page * RegionSpec.PAGE_BYTES,
        memory.segment(),
        (long) slot * RegionSpec.PAGE_BYTES,
        RegionSpec.PAGE_BYTES);
  }

  /** Which 64-byte blocks of the page in this slot were written. */
  void writtenBlocks(int slot, long blocks) {
    writtenBlocks[slot] = blocks;
  }

  long writtenBlocks(int slot) {
    return writtenBlocks[slot];
  }

  long address(int slot) {
    return memory.address() + (long) slot * RegionSpec.PAGE_BYTES;
  }

  int slots() {
    return ring.length;
  }

  @Override
  public void close() {
    memory.close();
  }
}
