package org.understudy.checkpoint.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.understudy.host.LinuxCallException;

class ReservedMemoryTest {
  private static final int MIB = 1 << 20;
  private static final int PAGE_BYTES = 4096;

  @Test
  void shouldTakePagesAtTheirFirstWriteAndGiveThemBack() throws IOException {
    ReservedMemory memory = ReservedMemory.of("a test", 64 * MIB);
    ByteBuffer buffer = memory.buffer();
    assertThat(buffer.capacity()).isEqualTo(64 * MIB);
    assertThat(residentBytes(buffer)).isZero();

    buffer.put(32 * MIB, new byte[16 * MIB]);
    assertThat(residentBytes(buffer)).isBetween(16L * MIB, 20L * MIB);
    buffer.putLong(32 * MIB - 8, 1);
    buffer.putLong(48 * MIB, 2);

    memory.giveBack(32 * MIB - 8, 16 * MIB + 16);
    assertThat(buffer.getLong(32 * MIB - 8)).isEqualTo(1);
    assertThat(buffer.getLong(48 * MIB)).isEqualTo(2);
    assertThat(buffer.getLong(32 * MIB)).isZero();
    memory.giveBack();
    assertThat(residentBytes(buffer)).isZero();
  }

  @Test
  void shouldNotCountAsDirectMemoryOfTheJvm() {
    long limit = Runtime.getRuntime().maxMemory(); // what bounds direct memory by default
    for (int i = 0; i < 4; i++) {
      assertThat(ReservedMemory.of("a test", limit).bytes()).isGreaterThanOrEqualTo(limit);
    }
  }

  @Test
  void shouldNameWhatTheMemoryIsForWhenItIsRefused() {
    assertThatThrownBy(() -> ReservedMemory.of("the front's replies", 1L << 60))
        .isInstanceOf(LinuxCallException.class)
        .hasMessageContaining("the front's replies");
  }

  /** Bytes of a buffer that are backed by pages. */
  private static long residentBytes(ByteBuffer buffer) throws IOException {
    long first = MemorySegment.ofBuffer(buffer).address() / PAGE_BYTES;
    int pages = buffer.capacity() / PAGE_BYTES;
    ByteBuffer entries = ByteBuffer.allocate(pages * Long.BYTES).order(ByteOrder.nativeOrder());
    try (FileChannel pagemap = FileChannel.open(Path.of("/proc/self/pagemap"))) {
      while (entries.hasRemaining()) {
        pagemap.read(entries, first * Long.BYTES + entries.position());
      }
    }
    long resident = 0;
    for (int page = 0; page < pages; page++) {
      resident += entries.getLong(page * Long.BYTES) >>> (Long.SIZE - 1);
    }
    return resident * PAGE_BYTES;
  }
}
