package org.understudy.vm.disk.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskLabelFileTest {
  private static final DiskLabel LABEL =
      new DiskLabel(0xfedcba9876543210L, 1, 10L << 30, 7, 12_345, DiskState.AHEAD);

  @TempDir Path directory;
  private DiskLabelFile file;

  @BeforeEach
  void create() {
    file = new DiskLabelFile(directory.resolve("vda.raw"));
  }

  @Test
  void shouldReadWhatWasWrittenLast() throws IOException {
    assertThat(file.read()).isEmpty();
    file.write(LABEL);
    assertThat(file.read(LABEL.registerId(), 1, 10L << 30)).contains(LABEL);
    DiskLabel next = LABEL.at(8, 12_400, DiskState.CLEAN);
    file.write(next);
    assertThat(file.read()).contains(next);
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(directory.resolve("vda.raw.understudy"));
    }
  }

  @Test
  void shouldKeepTheOldLabelWhenWritingTheNextWasCutShort() throws IOException {
    file.write(LABEL);
    byte[] next = LABEL.at(9, 1, DiskState.CLEAN).encode();
    Path temporary = directory.resolve("vda.raw.understudy.tmp");
    Files.write(temporary, Arrays.copyOf(next, next.length / 2));
    assertThat(file.read()).contains(LABEL);
    file.write(LABEL.at(9, 1, DiskState.CLEAN));
    assertThat(file.read()).contains(LABEL.at(9, 1, DiskState.CLEAN));
  }

  @Test
  void shouldRefuseEveryTruncationAndEveryFlippedBit() throws IOException {
    byte[] good = LABEL.encode();
    for (int cut = 0; cut < good.length; cut++) {
      assertDamaged(Arrays.copyOf(good, cut));
    }
    for (int bit = 0; bit < good.length * 8; bit++) {
      byte[] flipped = good.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertDamaged(flipped);
    }
    assertDamaged(new byte[1 << 20]);
  }

  private void assertDamaged(byte[] bytes) throws IOException {
    Files.write(file.path(), bytes);
    assertThatThrownBy(file::read).isInstanceOf(IOException.class).hasMessageContaining("damaged");
  }

  @Test
  void shouldRefuseTheLabelOfAnotherDisk() throws IOException {
    file.write(LABEL);
    assertThatThrownBy(() -> file.read(5, 1, 10L << 30))
        .hasMessageContaining("foreign: register fedcba9876543210, expected 5");
    assertThatThrownBy(() -> file.read(LABEL.registerId(), 0, 10L << 30))
        .hasMessageContaining("foreign: disk 1, expected 0");
    assertThatThrownBy(() -> file.read(LABEL.registerId(), 1, 9L << 30))
        .hasMessageContaining("foreign: size 10737418240, expected 9663676416");
  }

  @Test
  void shouldRunOnlyOnAFileOfTheRegistersGeneration() {
    assertThat(LABEL.obstacleToRun(7)).isNull();
    assertThat(LABEL.obstacleToRun(8)).contains("generation 7").contains("only a base");
  }
}
