package org.understudy.checkpoint.track;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.host.LinuxCallException;

/** The files of {@code /proc}, as files. */
class ProcMarksTest {
  private static final String HEADLINE = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
  @TempDir Path folder;

  @BeforeEach
  void makeFiles() throws IOException {
    byte[] map = new byte[64];
    for (int i = 0; i < map.length; i++) {
      map[i] = (byte) i;
    }
    Files.write(folder.resolve("pagemap"), map);
    Files.createFile(folder.resolve("clear_refs"));
    Files.writeString(folder.resolve("swaps"), HEADLINE);
  }

  private ProcMarks open(long address) {
    return new ProcMarks(folder, folder.resolve("swaps"), address);
  }

  @Test
  void shouldReadEntriesFromThePageOfTheAddressOn() {
    try (Arena arena = Arena.ofConfined();
        ProcMarks marks = open(5 * 4096)) {
      MemorySegment into = arena.allocate(32);
      assertThat(marks.read(8, into, 4, 8)).isEqualTo(8);
      assertThat(into.get(JAVA_BYTE, 3)).isZero();
      assertThat(into.get(JAVA_BYTE, 4)).isEqualTo((byte) 48);
      assertThat(into.get(JAVA_BYTE, 11)).isEqualTo((byte) 55);
      assertThat(marks.read(16, into, 0, 32)).as("up to the end").isEqualTo(8);
      assertThat(marks.read(24, into, 0, 32)).isZero();
    }
  }

  @Test
  void shouldAskForSoftDirtyMarksOnlyToBeCleared() throws IOException {
    try (ProcMarks marks = open(0)) {
      marks.clear();
    }
    assertThat(folder.resolve("clear_refs")).hasContent("4");
  }

  @Test
  void shouldNotTrustMarksWhileTheHostSwaps() throws IOException {
    try (ProcMarks marks = open(0)) {
      assertThat(marks.mayGetLost()).isFalse();
      Files.writeString(
          folder.resolve("swaps"), HEADLINE + "/dev/vda2 partition\t1048572\t\t0\t\t-2\n");
      assertThat(marks.mayGetLost()).isTrue();
      Files.writeString(folder.resolve("swaps"), "");
      assertThat(marks.mayGetLost()).isFalse();
    }
  }

  @Test
  void shouldNameTheFileThatCannotBeOpened() throws IOException {
    Files.delete(folder.resolve("clear_refs"));
    assertThatThrownBy(() -> open(0))
        .isInstanceOf(LinuxCallException.class)
        .hasMessageContaining("clear_refs");
  }
}
