package org.understudy.vm.disk.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.understudy.vm.disk.Seeds;

class DiskRecordsTest {
  private static final long[] SIZES = {1 << 20, 6L << 30};

  private final UnsafeBuffer section = new UnsafeBuffer(new byte[4096]);
  private int length;

  private void put(DiskRecordKind kind, int disk, long offset, long range, byte... data) {
    length = DiskRecords.putHeader(section, length, kind, disk, offset, range);
    section.putBytes(length, data);
    length += data.length;
  }

  private List<String> parsed(int bytes) throws IOException {
    List<String> records = new ArrayList<>();
    DiskRecords.forEach(
        section,
        0,
        bytes,
        (kind, disk, offset, range, buffer, at) ->
            records.add(
                kind
                    + " "
                    + disk
                    + " "
                    + offset
                    + "+"
                    + range
                    + (kind == DiskRecordKind.WRITE ? " " + buffer.getByte(at) : "")));
    return records;
  }

  private void sample() {
    put(DiskRecordKind.WRITE, 0, 512, 3, (byte) 1, (byte) 2, (byte) 3);
    put(DiskRecordKind.FLUSH, 0, 0, 0);
    put(DiskRecordKind.TRIM, 1, 1L << 30, 0xffff_fe00L);
    put(DiskRecordKind.ZERO, 0, (1 << 20) - 1, 1);
    put(DiskRecordKind.WRITE, 1, 6L << 30, 0);
  }

  @Test
  void shouldGiveBackWhatWasPut() throws IOException {
    sample();
    assertThat(DiskRecords.validate(section, 0, length, SIZES)).isEqualTo(5);
    assertThat(parsed(length))
        .containsExactly(
            "WRITE 0 512+3 1",
            "FLUSH 0 0+0",
            "TRIM 1 1073741824+4294966784",
            "ZERO 0 1048575+1",
            "WRITE 1 6442450944+0 " + section.getByte(length));
  }

  @Test
  void shouldRefuseEveryTruncationThatCutsARecord() throws IOException {
    sample();
    List<Integer> whole = List.of(0, 19, 35, 51, 67, 83);
    for (int cut = 0; cut <= length; cut++) {
      int bytes = cut;
      if (whole.contains(cut)) {
        assertThat(DiskRecords.validate(section, 0, bytes, SIZES)).isEqualTo(whole.indexOf(cut));
      } else {
        assertThatThrownBy(() -> DiskRecords.validate(section, 0, bytes, SIZES))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("disk record at");
      }
    }
  }

  @Test
  void shouldRefuseWhatLeavesTheDisks() {
    assertRefused("goes beyond disk 0", DiskRecordKind.TRIM, 0, 1 << 20, 1);
    assertRefused("goes beyond disk 0", DiskRecordKind.TRIM, 0, -1, 1);
    assertRefused("goes beyond disk 0", DiskRecordKind.ZERO, 0, Long.MAX_VALUE, 0xffffffffL);
    assertRefused("for disk 2 of 2", DiskRecordKind.ZERO, 2, 0, 1);
    assertRefused("flush with a range", DiskRecordKind.FLUSH, 0, 512, 0);
    assertRefused("data of 600000 bytes, cut off", DiskRecordKind.WRITE, 0, 0, 600_000);
    assertRefused("data of 4000000000 bytes, cut", DiskRecordKind.WRITE, 1, 0, 4_000_000_000L);
  }

  private void assertRefused(
      String message, DiskRecordKind kind, int disk, long offset, long range) {
    length = 0;
    put(kind, disk, offset, range);
    assertThatThrownBy(() -> DiskRecords.validate(section, 0, length, SIZES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  /** Whatever a mutation makes of it: refused as a whole, or every range inside the disks. */
  @Test
  void shouldStayInsideTheDisksWhenBytesAreMutated() throws IOException {
    Random random = new Random(Seeds.next(getClass()));
    for (int round = 0; round < 20_000; round++) {
      length = 0;
      sample();
      for (int i = random.nextInt(4); i >= 0; i--) {
        section.putByte(random.nextInt(length), (byte) random.nextInt());
      }
      try {
        DiskRecords.validate(section, 0, length, SIZES);
      } catch (IllegalArgumentException e) {
        continue;
      }
      DiskRecords.forEach(
          section,
          0,
          length,
          (kind, disk, offset, range, buffer, at) -> {
            assertThat(offset).isBetween(0L, SIZES[disk]);
            assertThat(offset + range).isBetween(0L, SIZES[disk]);
            assertThat(at + (kind == DiskRecordKind.WRITE ? range : 0)).isLessThanOrEqualTo(length);
          });
    }
  }
}
