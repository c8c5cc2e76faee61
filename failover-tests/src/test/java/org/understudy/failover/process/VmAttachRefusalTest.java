package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.lab.pair.DemoPair;
import org.understudy.lab.pair.PairSettings;
import org.understudy.node.program.ExitCode;

/** A node that waits for a machine, and one that cannot protect the machine that comes. */
@Timeout(300)
class VmAttachRefusalTest {
  private static final long TIMEOUT_MS = 60_000;

  @TempDir Path directory;
  private DemoPair pair;
  private Process machine;

  @BeforeEach
  void prepare() throws IOException {
    Qemu.assumeInstalled();
    List<String> settings =
        List.of(
            "guest.type = vm",
            "vm.accelerator = tcg",
            "vm.attach = \"" + directory.resolve("m.qmp") + "\"");
    pair = new DemoPair(directory, new PairSettings("understudy", 32L << 20, settings));
  }

  @AfterEach
  void endAll() {
    if (pair.primary() != null) {
      pair.primary().close();
    }
    if (machine != null) {
      machine.destroyForcibly().onExit().join();
    }
  }

  @Test
  void shouldSayWhatIsInTheWayAndStartAgainWithoutFurtherWords() throws Exception {
    pair.startPrimary(List.of());
    awaitWaiting();
    machine =
        new ProcessBuilder(
                "setpriv",
                "--pdeathsig",
                "KILL",
                Qemu.PROGRAM,
                "-nodefaults",
                "-display",
                "none",
                "-S",
                "-accel",
                "tcg",
                "-machine",
                "pc-i440fx-7.2",
                "-m",
                "32M",
                "-qmp",
                "unix:" + directory.resolve("m.qmp") + ",server=on,wait=off")
            .inheritIO()
            .start();
    assertThat(pair.primary().awaitExit(TIMEOUT_MS)).isEqualTo(ExitCode.REFUSED);
    assertThat(pair.primary().output())
        .contains(
            "the machine cannot be protected: memory is not shared (share=off): start it with ");
    assertThat(machine.isAlive()).as("it is somebody else's").isTrue();
    machine.destroyForcibly().onExit().join();

    // No guest ran: nothing has to be given up with --start-empty.
    pair.startPrimary(List.of());
    awaitWaiting();
    assertThat(pair.primary().stop(TIMEOUT_MS)).isEqualTo(ExitCode.INTERRUPTED);
    pair.startPrimary(List.of());
    awaitWaiting();
  }

  /** Whoever stops a process before it has said so stops the JVM, and not yet a node. */
  private void awaitWaiting() throws InterruptedException {
    Await.until(
        "the node waits for a machine",
        TIMEOUT_MS,
        () -> {
          if (!pair.primary().isAlive()) {
            throw pair.primary().diedError();
          }
          return pair.primary().output().contains("waits for a machine at ");
        });
  }
}
