package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.lab.judge.Verdict;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.TakeoverParts;
import org.understudy.node.program.ExitCode;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;

/** A primary that stands still for longer than the time-out, and wakes up. */
@Timeout(300)
class FrozenPrimaryTest {
  @TempDir Path directory;

  @Test
  void shouldFindItselfFencedWhenItWakesUpAfterTheTakeover()
      throws IOException, InterruptedException {
    try (RunningPair running = new RunningPair(directory);
        LoadThread load = running.load(7)) {
      NodeProcess primary = running.pair.primary();
      NodeProcess backup = running.pair.backup();
      long stoppedAtUs = System.currentTimeMillis() * 1000;
      primary.signal("STOP");
      RunningPair.awaitTakeover(backup);
      load.awaitAnswers(500);

      primary.signal("CONT");
      int code = primary.awaitExit(RunningPair.TIMEOUT_MS);
      load.awaitAnswers(500);
      final Verdict verdict = RunningPair.judge(load, running.pair.backupFront());

      assertThat(code).as(primary.output()).isEqualTo(ExitCode.FENCED);
      assertThat(primary.output()).contains("FENCED");
      assertThat(verdict.findings()).isEmpty();
      assertThat(verdict.unknown()).isZero();
      assertThat(load.brokenConnections()).isZero();
      NodeStatus survivor = RunningPair.status(backup);
      assertThat(survivor.state()).isEqualTo(NodeState.SOLO);
      assertThat(survivor.takeovers()).hasSize(1);
      System.out.println(
          "SIGSTOP: type I in us "
              + TakeoverParts.of(stoppedAtUs, survivor.takeovers().getFirst()));
      assertThatThrownBy(() -> connect(running))
          .as("the fenced node serves nobody")
          .isInstanceOf(IOException.class);
    }
  }

  private static void connect(RunningPair running) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(running.pair.primaryFront(), 5_000);
    }
  }
}
