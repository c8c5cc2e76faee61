package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.lab.pair.DemoPair;
import org.understudy.node.arbiter.FileArbiter;
import org.understudy.node.program.ExitCode;
import org.understudy.node.status.NodeState;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/** A primary that cannot start, after it wrote the register and before a guest was there. */
@Timeout(300)
class FailedStartTest {
  /** Found only when the link is made: nothing answers in that directory. */
  private static final String NO_DRIVER = "aeron.driver=/nonexistent/driver";

  @TempDir Path directory;
  private DemoPair pair;

  @BeforeEach
  void prepare() throws IOException {
    pair = new DemoPair(directory, RunningPair.settings());
  }

  @AfterEach
  void endAll() {
    if (pair.primary() != null) {
      pair.primary().close();
    }
  }

  private int start(String... arguments) throws IOException, InterruptedException {
    pair.startPrimary(List.of(), arguments);
    return pair.primary().awaitExit(RunningPair.TIMEOUT_MS);
  }

  private Optional<Register> register() throws IOException {
    try (FileArbiter arbiter = new FileArbiter(directory.resolve("arbiter"))) {
      return arbiter.read();
    }
  }

  private void startAndKill() throws IOException, InterruptedException {
    pair.startPrimary(List.of());
    RunningPair.awaitState(pair.primary(), NodeState.SOLO);
    pair.primary().kill();
    assertThat(pair.primary().diedOfKill(RunningPair.TIMEOUT_MS)).isTrue();
  }

  @Test
  void shouldNotAskForFurtherWordsAfterAStartInWhichNoGuestRan() throws Exception {
    int code = start("--set", NO_DRIVER);
    assertThat(code).as(pair.primary().output()).isEqualTo(ExitCode.CONFIGURATION_INVALID);
    assertThat(register().orElseThrow().ownership()).isEqualTo(new Ownership.Ended());
    startAndKill();
  }

  /** The owner that was overridden may live after all: its guest must not count as ended. */
  @Test
  void shouldGiveTheRegisterBackToTheOwnerThatItOverrode() throws Exception {
    startAndKill();
    Register before = register().orElseThrow();

    int code = start("--start-empty", "--set", NO_DRIVER);
    assertThat(code).as(pair.primary().output()).isEqualTo(ExitCode.CONFIGURATION_INVALID);

    Register after = register().orElseThrow();
    assertThat(after.ownership()).isEqualTo(before.ownership());
    assertThat(after.generation()).isGreaterThan(before.generation());
    assertThat(start()).isEqualTo(ExitCode.REFUSED);
    assertThat(pair.primary().output()).contains("--start-empty gives that guest up");
  }
}
