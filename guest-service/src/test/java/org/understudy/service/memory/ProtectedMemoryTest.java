package org.understudy.service.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;

class ProtectedMemoryTest {
  private static final long HUGE = 5L << 30;

  @Test
  void shouldReachEveryByteWhenLongerThanTwoGibibytes() {
    try (var mapped = MappedGuestMemory.anonymous(RegionLayout.of("huge", HUGE))) {
      ProtectedMemory memory = ProtectedMemory.over(mapped.segment(), null);
      memory.putLong(HUGE - 8, 0x0102030405060708L);
      memory.putBytes(3L << 30, new byte[] {1, 2, 3}, 0, 3);
      memory.copy(HUGE - 8, 1L << 32, 8);

      assertThat(memory.getByte(HUGE - 8)).isEqualTo((byte) 8);
      assertThat(memory.getLong(1L << 32)).isEqualTo(0x0102030405060708L);
      assertThat(memory.equal(HUGE - 8, 1L << 32, 8)).isTrue();
      ProtectedBuffer window = new ProtectedBuffer(memory, 3L << 30, Integer.MAX_VALUE);
      assertThat(window.getByte(2)).isEqualTo((byte) 3);
      window.putByte((1 << 30) - 1, (byte) 9);
      assertThat(memory.getByte((1L << 32) - 1)).isEqualTo((byte) 9);

      PagedAllocator allocator = PagedAllocator.format(memory, 0, 1);
      long large = allocator.allocate(3L << 30);
      assertThat(allocator.usableBytes(large)).isEqualTo(3L << 30);
      memory.putLong(large + (3L << 30) - 8, -1);
      assertThat(allocator.freePageBytes()).isLessThan(2L << 30);
    }
  }

  @Test
  void shouldRefuseWhenOutOfBounds() {
    ProtectedMemory memory = ProtectedMemory.unprotected(4096);
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[16]);

    assertOutOfBounds(() -> memory.getLong(4089));
    assertOutOfBounds(() -> memory.putByte(-1, (byte) 1));
    assertOutOfBounds(() -> memory.putLong(Long.MAX_VALUE - 3, 1));
    assertOutOfBounds(() -> memory.setMemory(1, 4096, (byte) 1));
    assertOutOfBounds(() -> memory.setMemory(1, -1, (byte) 1));
    assertOutOfBounds(() -> memory.copy(0, 4090, 7));
    assertOutOfBounds(() -> memory.copy(4090, 0, 7));
    assertOutOfBounds(() -> memory.getBytes(0, buffer, 10, 7));
    assertOutOfBounds(() -> memory.putBytes(0, buffer, 10, 7));
    assertOutOfBounds(() -> memory.putBytes(0, new byte[4], 2, 3));
    assertOutOfBounds(() -> memory.getBytes(0, new byte[4], -1, 3));
    assertOutOfBounds(() -> memory.equal(0, buffer, 10, 7));
    assertOutOfBounds(() -> new ProtectedBuffer(memory, 4000, 97));
  }

  private static void assertOutOfBounds(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void shouldCompareAsUnsignedBytesWhenRangesDiffer() {
    ProtectedMemory memory = ProtectedMemory.unprotected(4096);
    memory.putBytes(0, "abcdefghijkl".getBytes(), 0, 12);
    memory.putBytes(100, "abcdefghijkm".getBytes(), 0, 12);
    memory.putByte(212, (byte) 0xff);

    assertThat(memory.compare(0, 12, 100, 12)).isNegative();
    assertThat(memory.compare(0, 11, 100, 11)).isZero();
    assertThat(memory.compare(0, 12, 100, 11)).isPositive();
    assertThat(memory.compare(212, 1, 0, 1)).isPositive();
    assertThat(memory.equal(0, new UnsafeBuffer("xabcdefghijkl".getBytes()), 1, 12)).isTrue();
    assertThat(memory.equal(0, new UnsafeBuffer("xabcdefghijkm".getBytes()), 1, 12)).isFalse();
  }

  @Test
  void shouldPassBarrierWhenWrittenByAnyMethod() {
    try (TrackedMemory tracked = new TrackedMemory(16)) {
      ProtectedMemory memory = tracked.memory();
      Runnable[] writes = {
        () -> memory.putByte(4096, (byte) 1),
        () -> memory.putShort(4095, (short) -1),
        () -> memory.putChar(8191, 'x'),
        () -> memory.putInt(12_287, -1),
        () -> memory.putLong(16_383, -1),
        () -> memory.putFloat(20_000, 1f),
        () -> memory.putDouble(24_572, 1d),
        () -> memory.putBytes(4000, new byte[9000], 0, 9000),
        () -> memory.putBytes(4000, new UnsafeBuffer(new byte[9000]), 0, 9000),
        () -> memory.copy(0, 30_000, 9000),
        () -> memory.setMemory(40_000, 20_000, (byte) 7),
      };
      for (Runnable write : writes) {
        tracked.flip();
        write.run();
        tracked.assertBarrierCoversChanges();
      }
    }
  }
}
