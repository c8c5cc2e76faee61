package org.understudy.node.demo.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VmViewTest {
  @TempDir private Path directory;

  @Test
  void shouldReadTheMachineOfAStatus() throws IOException {
    Path file = directory.resolve("status.json");
    Files.writeString(
        file,
        """
        { "node": "a", "vm": { "accelerator": "tcg", "pausePartsUs": { "state": 1.5, "scan": 2 },
          "claimToRunningMs": 9.5, "diskWrites": { "committed": 7, "discarded": 1 } } }
        """);

    VmView view = VmView.read(file);
    assertThat(view.accelerator()).isEqualTo("tcg");
    assertThat(view.pausePartsUs()).containsEntry("state", 1.5).containsEntry("scan", 2.0);
    assertThat(view.claimToRunningMs()).isEqualTo(9.5);
    assertThat(view.diskWritesCommitted()).isEqualTo(7);
    assertThat(view.diskWritesDiscarded()).isEqualTo(1);
  }

  @Test
  void shouldBeEmptyWithoutAStatus() throws IOException {
    assertThat(VmView.read(directory.resolve("none"))).isEqualTo(VmView.NONE);
  }
}
