package org.understudy.checkpoint.codec;

import java.lang.foreign.MemorySegment;
import org.understudy.checkpoint.guest.CapturedPages;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;

/** Sparse zeroed memory of a test, and captures of some of its pages. */
final class TestMemory implements GuestMemory {
  private final RegionLayout layout;
  private final long address;

  TestMemory(long pages) {
    layout = RegionLayout.of("test", pages * Mem.PAGE);
    address = Mem.allocateZeroed(layout.totalBytes());
  }

  @Override
  public RegionLayout layout() {
    return layout;
  }

  @Override
  public long address() {
    return address;
  }

  @Override
  @SuppressWarnings("restricted")
  public MemorySegment segment() {
    return MemorySegment.ofAddress(address).reinterpret(layout.totalBytes());
  }

  long page(int page) {
    return address + (long) page * Mem.PAGE;
  }

  CapturedPages capture(int... pages) {
    return new Capture(pages);
  }

  boolean sameAs(TestMemory other) {
    return segment().mismatch(other.segment()) < 0;
  }

  @Override
  public void close() {
    Mem.free(address);
  }

  /** Pages that nobody writes; checks that at most one is held. */
  private final class Capture implements CapturedPages {
    private final int[] pages;
    private int held = -1;

    Capture(int[] pages) {
      this.pages = pages;
    }

    @Override
    public int count() {
      return pages.length;
    }

    @Override
    public int page(int index) {
      return pages[index];
    }

    @Override
    public long acquire(int index) {
      if (held >= 0) {
        throw new IllegalStateException("page " + held + " is still held");
      }
      held = index;
      return TestMemory.this.page(pages[index]);
    }

    @Override
    public void release(int index) {
      if (held != index) {
        throw new IllegalStateException("page " + index + " is not held");
      }
      held = -1;
    }

    @Override
    public long copiedPages() {
      return 0;
    }
  }
}
