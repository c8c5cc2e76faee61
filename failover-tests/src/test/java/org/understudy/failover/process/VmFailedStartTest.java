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

/** A primary whose machine cannot be started, for reasons found before and by QEMU. */
@Timeout(300)
class VmFailedStartTest {
  private static final long TIMEOUT_MS = 60_000;

  @TempDir Path directory;
  private DemoPair pair;

  @BeforeEach
  void prepare() throws IOException {
    Qemu.assumeInstalled();
    List<String> settings = List.of("guest.type = vm", "vm.accelerator = tcg");
    pair = new DemoPair(directory, new PairSettings("understudy", 32L << 20, settings));
  }

  @AfterEach
  void endAll() {
    if (pair.primary() != null) {
      pair.primary().close();
    }
  }

  private void refuses(String setting, String reason) throws Exception {
    pair.startPrimary(List.of(), "--set", setting);
    assertThat(pair.primary().awaitExit(TIMEOUT_MS)).isEqualTo(ExitCode.REFUSED);
    assertThat(pair.primary().output()).contains(reason);
  }

  /** No guest ran: nothing has to be given up with --start-empty. */
  @Test
  void shouldStartWithoutFurtherWordsAfterStartsThatFailed() throws Exception {
    refuses("vm.program=no-such-qemu", "no virtual machine here: ");
    refuses("vm.extra=[\"-device\", \"no-such-device\"]", "the machine cannot be started: ");

    pair.startPrimary(List.of());
    Await.until(
        "the guest runs",
        TIMEOUT_MS,
        () -> {
          if (!pair.primary().isAlive()) {
            throw pair.primary().diedError();
          }
          return pair.primary().output().contains("the guest runs in QEMU");
        });
    pair.primary().kill();
    pair.primary().awaitExit(TIMEOUT_MS);

    // One did run now, and its start is not to be repeated by accident.
    refuses("vm.cpus=1", "--start-empty gives that guest up");
  }
}
