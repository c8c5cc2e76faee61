package org.understudy.lab.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskSequenceTest {
  private static final String BOOT = "5195eba2-f69a-44a3-8e4c-2f0d6a4b1c3d";
  private static final int SECTORS = 8;

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void makeFile() throws IOException {
    file = directory.resolve("disk.raw");
    try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
      disk.setLength(SECTORS * 512);
    }
  }

  private void write(long sector, byte[] bytes) throws IOException {
    try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
      disk.seek(sector * 512);
      disk.write(bytes);
    }
  }

  /** As the guest's script prints it. */
  private static byte[] record(long number, String boot) {
    return String.format("understudy-record %020d %s %-435s\n", number, boot, "")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private void writeUpTo(long last) throws IOException {
    for (long number = 0; number <= last; number++) {
      write(number % SECTORS, record(number, BOOT));
    }
  }

  @Test
  void shouldFindNothingOnAnEmptyDisk() throws IOException {
    DiskSequence records = DiskSequence.read(file, BOOT);

    assertThat(records.last()).isEqualTo(-1);
    assertThat(records.holes() + records.damaged()).isZero();
  }

  @Test
  void shouldAcceptAllRecordsUpToTheLast() throws IOException {
    assertThat(record(0, BOOT)).hasSize(512);
    writeUpTo(4);

    assertThat(DiskSequence.read(file, BOOT)).extracting("last", "holes").containsExactly(4L, 0L);
  }

  @Test
  void shouldAcceptADiskThatWasWrittenAroundMoreThanOnce() throws IOException {
    writeUpTo(2 * SECTORS + 3);

    DiskSequence records = DiskSequence.read(file, BOOT);
    assertThat(records.last()).isEqualTo(2 * SECTORS + 3);
    assertThat(records.holes() + records.damaged()).isZero();
  }

  @Test
  void shouldFindARecordThatIsMissingInTheMiddle() throws IOException {
    writeUpTo(5);
    write(3, new byte[512]);

    DiskSequence records = DiskSequence.read(file, BOOT);
    assertThat(records.holes()).isEqualTo(1);
    assertThat(records.findings()).containsExactly("sector 3 holds record -1, not record 3");
  }

  @Test
  void shouldFindATornRecordAndOneOfAnotherBoot() throws IOException {
    writeUpTo(5);
    write(2, new byte[100]);
    write(4, record(4, BOOT.replace('5', '6')));

    assertThat(DiskSequence.read(file, BOOT).damaged()).isEqualTo(2);
  }

  @Test
  void shouldFindAnOlderRecordThatCameBack() throws IOException {
    writeUpTo(SECTORS + 4);
    write(2, record(2, BOOT));

    assertThat(DiskSequence.read(file, BOOT).holes()).isEqualTo(1);
  }
}
