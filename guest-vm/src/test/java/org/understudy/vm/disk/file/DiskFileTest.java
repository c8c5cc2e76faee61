package org.understudy.vm.disk.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskFileTest {
  private static final int MIB = 1 << 20;

  @TempDir Path directory;

  private Path file(long sizeBytes) throws IOException {
    Path path = directory.resolve("disk.raw");
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(sizeBytes);
    }
    return path;
  }

  @Test
  void shouldReadZerosAndFreeSpaceWhenTrimmed() throws IOException {
    Path path = file(8 * MIB);
    try (DiskFile disk = DiskFile.open(path)) {
      disk.write(0, filled(4 * MIB));
      disk.trim(MIB, 2 * MIB);
      assertThat(disk.nextHole(0)).isEqualTo(MIB);
      assertThat(disk.nextData(MIB)).isEqualTo(3 * MIB);
      assertThat(disk.nextHole(3 * MIB)).isEqualTo(4 * MIB);
      assertThat(disk.nextData(4 * MIB)).isEqualTo(8 * MIB);
      byte[] expected = new byte[8 * MIB];
      Arrays.fill(expected, 0, MIB, (byte) 7);
      Arrays.fill(expected, 3 * MIB, 4 * MIB, (byte) 7);
      assertThat(Files.readAllBytes(path)).isEqualTo(expected);
    }
  }

  @Test
  void shouldReadZerosWhenAnOddRangeIsCleared() throws IOException {
    Path path = file(3 * MIB + 17);
    try (DiskFile disk = DiskFile.open(path)) {
      disk.write(0, filled(3 * MIB + 17));
      disk.trim(5, 100_001);
      disk.zero(2 * MIB + 1, MIB + 16);
      byte[] expected = new byte[3 * MIB + 17];
      Arrays.fill(expected, (byte) 7);
      Arrays.fill(expected, 5, 100_006, (byte) 0);
      Arrays.fill(expected, 2 * MIB + 1, expected.length, (byte) 0);
      assertThat(Files.readAllBytes(path)).isEqualTo(expected);
    }
  }

  @Test
  void shouldRefuseRangesOutside() throws IOException {
    try (DiskFile disk = DiskFile.open(file(MIB))) {
      assertThatThrownBy(() -> disk.write(MIB - 1, ByteBuffer.allocate(2)))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> disk.trim(Long.MAX_VALUE, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThat(disk.sizeBytes()).isEqualTo(MIB);
    }
    assertThat(Files.size(directory.resolve("disk.raw"))).isEqualTo(MIB);
  }

  @Test
  void shouldRefuseToOpenWhatIsNoDiskOrInUse() throws IOException {
    assertThatThrownBy(() -> DiskFile.open(directory)).hasMessageContaining("not a regular file");
    assertThatThrownBy(() -> DiskFile.open(file(0))).hasMessageContaining("is empty");
    Path path = file(MIB);
    try (DiskFile disk = DiskFile.open(path)) {
      assertThat(disk.path()).isEqualTo(path);
      assertThatThrownBy(() -> DiskFile.open(path)).hasMessageContaining("is open already");
    }
    DiskFile.open(path).close();
  }

  private static ByteBuffer filled(int bytes) {
    byte[] data = new byte[bytes];
    Arrays.fill(data, (byte) 7);
    return ByteBuffer.wrap(data);
  }
}
