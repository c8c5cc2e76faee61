package org.understudy.service.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagedAllocatorTest {
  private static final int TABLE_PAGE = 1;
  private static final long HEADER = 0;

  private final ProtectedMemory memory = ProtectedMemory.unprotected(16 << 20);
  private PagedAllocator allocator = PagedAllocator.format(memory, HEADER, TABLE_PAGE);

  @ParameterizedTest
  @ValueSource(longs = {1, 15, 16, 17, 128, 129, 160, 161, 4096, 16384, 16385, 1 << 20})
  void shouldGiveUsableAlignedBytesWhenAllocating(long bytes) {
    long offset = allocator.allocate(bytes);

    assertThat(offset).isPositive();
    assertThat(offset % 16).isZero();
    assertThat(allocator.usableBytes(offset))
        .isGreaterThanOrEqualTo(bytes)
        .isEqualTo(allocator.roundUp(bytes));
    assertThat(allocator.roundUp(bytes)).isLessThanOrEqualTo(Math.max(16, bytes * 5 / 4 + 16));
    assertThat(allocator.allocatedBytes()).isEqualTo(allocator.roundUp(bytes));
  }

  @Test
  void shouldRefuseWhenFreeingWhatIsNotAllocated() {
    long slot = allocator.allocate(100);
    long run = allocator.allocate(100_000);
    allocator.free(slot);
    allocator.free(run);

    for (long offset : new long[] {slot, run, slot + 16, run + 4096, 0, -16, 1L << 40}) {
      assertThatThrownBy(() -> allocator.free(offset))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(Long.toString(offset));
    }
  }

  @Test
  void shouldChangeNothingWhenOutOfMemory() {
    long free = allocator.freePageBytes();

    assertThatThrownBy(() -> allocator.allocate(free + 1))
        .isInstanceOf(OutOfProtectedMemoryException.class)
        .hasMessageContaining(Long.toString(free + 1));
    assertThatThrownBy(() -> allocator.allocate(Long.MAX_VALUE - 5000))
        .isInstanceOf(OutOfProtectedMemoryException.class);

    assertThat(allocator.freePageBytes()).isEqualTo(free);
    assertThat(allocator.allocate(free)).isPositive();
  }

  @Test
  void shouldUseEveryPageWhenFilledWithSlots() {
    long bytes = 0;
    try {
      while (true) {
        allocator.allocate(64);
        bytes += 64;
      }
    } catch (OutOfProtectedMemoryException expected) {
      assertThat(bytes).isGreaterThan(memory.capacity() * 9 / 10);
    }
  }

  @Test
  void shouldKeepContentsAndZeroFreePagesWhenOperationsAreRandom() {
    long seed = Long.getLong("understudy.test.seed", System.nanoTime());
    System.out.println("PagedAllocatorTest seed " + seed + " (-Dunderstudy.test.seed=)");
    Model model = new Model(new java.util.Random(seed));
    long freeAtFirst = allocator.freePageBytes();
    for (int step = 0; step < 40_000; step++) {
      model.step(step);
    }
    model.freeAll();
    // One empty span per size class may stay, nothing else.
    assertThat(freeAtFirst - allocator.freePageBytes()).isLessThan(SizeClasses.COUNT * 9 * 4096L);
    assertThat(allocator.allocatedBytes()).isZero();
    assertFreePagesAreZero();
  }

  private void assertFreePagesAreZero() {
    BitSet used = new BitSet();
    allocator.forEachUsedRun((page, count) -> used.set(page, page + count));
    long free = 0;
    for (int page = 0; page < memory.capacity() / 4096; page++) {
      if (!used.get(page)) {
        free++;
        for (int i = 0; i < 4096; i += 8) {
          assertThat(memory.getLong(page * 4096L + i)).isZero();
        }
      }
    }
    assertThat(free * 4096).isEqualTo(allocator.freePageBytes());
  }

  private final class Model {
    private final java.util.Random random;
    private final TreeMap<Long, Long> live = new TreeMap<>();

    Model(java.util.Random random) {
      this.random = random;
    }

    void step(int step) {
      if (random.nextInt(500) == 0) {
        allocator = PagedAllocator.open(memory, HEADER, TABLE_PAGE);
      }
      boolean shrinking = step / 4000 % 2 == 1;
      if (!live.isEmpty() && random.nextInt(100) < (shrinking ? 70 : 40)) {
        freeOne();
      } else {
        allocateOne();
      }
      if (step % 10_000 == 0) {
        assertFreePagesAreZero();
      }
    }

    private void allocateOne() {
      long bytes = 1L + random.nextInt(1 << (1 + random.nextInt(random.nextInt(8) == 0 ? 19 : 11)));
      long offset;
      try {
        offset = allocator.allocate(bytes);
      } catch (OutOfProtectedMemoryException full) {
        return;
      }
      long end = offset + allocator.usableBytes(offset);
      var before = live.lowerEntry(end);
      if (before != null) {
        assertThat(before.getKey() + allocator.usableBytes(before.getKey()))
            .isLessThanOrEqualTo(offset);
      }
      assertThat(end).isLessThanOrEqualTo(memory.capacity());
      long mark = random.nextLong();
      live.put(offset, mark);
      memory.setMemory(offset, end - offset, (byte) mark);
      memory.putLong(offset, mark);
    }

    private void freeOne() {
      Long offset = live.ceilingKey((long) random.nextInt((int) memory.capacity()));
      if (offset == null) {
        offset = live.firstKey();
      }
      long mark = live.remove(offset);
      assertThat(memory.getLong(offset)).isEqualTo(mark);
      for (long at = offset + 8; at < offset + allocator.usableBytes(offset); at++) {
        if (memory.getByte(at) != (byte) mark) {
          throw new AssertionError("byte " + at + " of allocation " + offset + " was overwritten");
        }
      }
      allocator.free(offset);
    }

    void freeAll() {
      while (!live.isEmpty()) {
        freeOne();
      }
    }
  }
}
