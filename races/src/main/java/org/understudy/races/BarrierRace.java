package org.understudy.races;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.checkpoint.memory.RegionSpec;
import org.understudy.checkpoint.track.CapturedSet;
import org.understudy.checkpoint.track.WriteBarrier;

/**
 * A guest of a few pages at the instant after a flip: each page was written with {@link #OLD} in
 * the captured epoch. Light enough to be made for each single race.
 */
class BarrierRace {
  static final long OLD = 1;
  static final long NEW = 2;
  private static final int PAGE = RegionSpec.PAGE_BYTES;
  private static final long LAST_WORD = PAGE - Long.BYTES;

  final GuestMemory memory;
  final WriteBarrier barrier;
  final CapturedSet captured;

  BarrierRace(int pages, int stagingPages, CaptureKind kind) {
    MemorySegment all = Arena.ofAuto().allocate((long) (pages + stagingPages + 1) * PAGE, PAGE);
    memory = adopt(all, 0, pages);
    barrier =
        WriteBarrier.within(
            memory, adopt(all, pages, stagingPages), adopt(all, pages + stagingPages, 1));
    barrier.start(page -> false);
    barrier.flip(CaptureKind.CHECKPOINT).releaseAll(); // from here on the written blocks are known
    for (int page = 0; page < pages; page++) {
      write(page, OLD);
    }
    captured = barrier.flip(kind);
  }

  private static MappedGuestMemory adopt(MemorySegment all, int page, int pages) {
    MemorySegment slice = all.asSlice((long) page * PAGE, (long) pages * PAGE);
    RegionLayout layout = RegionLayout.of("race", slice.byteSize());
    return MappedGuestMemory.adopt(layout, slice, () -> {});
  }

  /** The guest writes the first and the last word of a page, each through the barrier. */
  final void write(int page, long value) {
    long offset = (long) page * PAGE;
    barrier.beforeWrite(offset, Long.BYTES);
    memory.segment().set(JAVA_LONG, offset, value);
    barrier.beforeWrite(offset + LAST_WORD, Long.BYTES);
    memory.segment().set(JAVA_LONG, offset + LAST_WORD, value);
  }

  /**
   * The encoder reads the last and then the first word of a captured page, if it is told that they
   * were written: {@code 10 * a + b}.
   */
  @SuppressWarnings("restricted") // the captured page comes as an address
  final int encode(CapturedSet set, int index) {
    MemorySegment page = MemorySegment.ofAddress(set.acquire(index)).reinterpret(PAGE);
    long last = isWritten(set, index, 63) ? page.get(JAVA_LONG, LAST_WORD) : -1;
    long first = isWritten(set, index, 0) ? page.get(JAVA_LONG, 0) : -1;
    set.release(index);
    return (int) (10 * first + last);
  }

  private static boolean isWritten(CapturedSet set, int index, int block) {
    return (set.writtenBlocks(index) >>> block & 1) == 1;
  }
}
