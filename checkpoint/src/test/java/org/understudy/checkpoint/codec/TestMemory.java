package org.understudy.checkpoint.codec;

import java.lang.foreign.MemorySegment;
import org.understudy.checkpoint.codec.encode.ScalarPageDiff;
import org.understudy.checkpoint.codec.format.BlockMasks;
import org.understudy.checkpoint.codec.format.Mem;
import org.understudy.checkpoint.guest.CapturedPages;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;

/** Sparse zeroed memory of a test, and captures of some of its pages. */
public final class TestMemory implements GuestMemory {
  private final RegionLayout layout;
  private final long address;

  public TestMemory(long pages) {
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

  public long page(int page) {
    return address + (long) page * Mem.PAGE;
  }

  public CapturedPages capture(int... pages) {
    return new Capture(pages, null);
  }

  /** The same where the tracker knows, to 256 bytes, what differs from {@code before}. */
  public CapturedPages captureWritten(TestMemory before, int... pages) {
    return new Capture(pages, before);
  }

  public boolean sameAs(TestMemory other) {
    return segment().mismatch(other.segment()) < 0;
  }

  @Override
  public void close() {
    Mem.free(address);
  }

  /** Pages that nobody writes; checks that at most one is held. */
  private final class Capture implements CapturedPages {
    private final int[] pages;
    private final TestMemory before;
    private int held = -1;

    Capture(int[] pages, TestMemory before) {
      this.pages = pages;
      this.before = before;
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
    public long writtenBlocks(int index) {
      if (before == null) {
        return ALL_BLOCKS;
      }
      long here = TestMemory.this.page(pages[index]);
      long changed = new ScalarPageDiff().changedBlocks(before.page(pages[index]), here);
      return BlockMasks.spread(BlockMasks.units(changed, 2), 2);
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
