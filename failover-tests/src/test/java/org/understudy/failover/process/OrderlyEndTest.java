package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.lab.judge.Verdict;
import org.understudy.lab.pair.DemoPair;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.node.program.ExitCode;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;
import redis.clients.jedis.Jedis;

/** What is stopped by an operator ends in order; a guest only if it is given up. */
@Timeout(300)
class OrderlyEndTest {
  @TempDir Path directory;

  @Test
  void shouldHandTheGuestOverWhenThePrimaryIsTerminated() throws IOException, InterruptedException {
    try (RunningPair running = new RunningPair(directory);
        LoadThread load = running.load(3)) {
      NodeProcess primary = running.pair.primary();
      NodeProcess backup = running.pair.backup();

      int code = primary.stop(RunningPair.TIMEOUT_MS);
      RunningPair.awaitState(backup, NodeState.SOLO);
      load.awaitAnswers(500);
      Verdict verdict = RunningPair.judge(load, running.pair.backupFront());

      assertThat(code).as(primary.output()).isEqualTo(ExitCode.OK);
      assertThat(verdict.findings()).isEmpty();
      assertThat(primary.output()).contains("HANDED_OVER -> MOVED");
      assertThat(RunningPair.status(backup).ownership().mode()).isEqualTo("solo");
    }
  }

  @Test
  void shouldGoOnWhenTheGuestCannotBeSavedUntilItIsTerminatedTwice()
      throws IOException, InterruptedException {
    Path noDirectory = Files.writeString(directory.resolve("file"), "no directory");
    DemoPair pair =
        new DemoPair(
            directory, RunningPair.settings("node.saveDirectory = \"" + noDirectory + "\""));
    pair.startPrimary(List.of());
    try (NodeProcess primary = pair.primary()) {
      RunningPair.awaitState(primary, NodeState.SOLO);
      primary.signal("TERM");
      Await.until(
          "it says why it stays",
          RunningPair.TIMEOUT_MS,
          () -> primary.output().contains("a second signal gives it up"));
      try (Jedis client = RunningPair.jedis(pair.primaryFront())) {
        assertThat(client.set("key", "value")).isEqualTo("OK");
      }
      int code = primary.stop(RunningPair.TIMEOUT_MS);
      assertThat(code).as(primary.output()).isEqualTo(ExitCode.OK);
      assertThat(primary.status().orElseThrow().ownership().mode()).isEqualTo("ended");
    }
  }

  @Test
  void shouldEndBothWithoutATakeoverWhenTheGuestIsEnded() throws IOException, InterruptedException {
    try (RunningPair running = new RunningPair(directory);
        Jedis client = RunningPair.jedis(running.pair.backupFront())) {
      client.set("key", "value");
      NodeProcess primary = running.pair.primary();
      NodeProcess backup = running.pair.backup();

      int code = primary.endGuest(RunningPair.TIMEOUT_MS);
      int other = backup.awaitExit(RunningPair.TIMEOUT_MS);

      assertThat(code).as(primary.output()).isEqualTo(ExitCode.OK);
      assertThat(other).as(backup.output()).isEqualTo(ExitCode.OK);
      NodeStatus last = backup.status().orElseThrow();
      assertThat(last.state()).isEqualTo(NodeState.ENDED);
      assertThat(last.takeovers()).isEmpty();
      assertThat(primary.status().orElseThrow().ownership().mode()).isEqualTo("ended");
    }
  }

  /** The next start is refused then, and whoever stopped the node has to know. */
  @Test
  void shouldEndWithACodeOfItsOwnWhenTheRegisterCannotBeWritten() throws Exception {
    DemoPair pair = new DemoPair(directory, RunningPair.settings());
    pair.startPrimary(List.of());
    try {
      RunningPair.awaitState(pair.primary(), NodeState.SOLO);
      Files.move(directory.resolve("arbiter"), directory.resolve("elsewhere"));
      int code = pair.primary().endGuest(RunningPair.TIMEOUT_MS);
      assertThat(code).as(pair.primary().output()).isEqualTo(ExitCode.ARBITER_UNREACHABLE);
      assertThat(pair.primary().output()).contains("a start is refused until it says ended");

      Files.move(directory.resolve("elsewhere"), directory.resolve("arbiter"));
      pair.startPrimary(List.of());
      assertThat(pair.primary().awaitExit(RunningPair.TIMEOUT_MS)).isEqualTo(ExitCode.REFUSED);
    } finally {
      pair.primary().close();
    }
  }

  @Test
  void shouldGoSoloAtOnceWhenTheBackupIsTerminated() throws IOException, InterruptedException {
    // Each time the backup asks for its leave is a heartbeat, a share of the time-out, after the
    // last.
    try (RunningPair running =
            new RunningPair(
                directory,
                "detect { timeout = 20 s, primaryTimeout = 30 s }",
                "commit.timeout = 40 s");
        LoadThread load = running.load(3)) {
      NodeProcess primary = running.pair.primary();
      NodeProcess backup = running.pair.backup();

      int code = backup.stop(RunningPair.TIMEOUT_MS);
      RunningPair.awaitState(primary, NodeState.SOLO);
      load.awaitAnswers(500);
      Verdict verdict = RunningPair.judge(load, running.pair.primaryFront());

      assertThat(code).as(backup.output()).isEqualTo(ExitCode.OK);
      assertThat(verdict.findings()).isEmpty();
      assertThat(primary.output())
          .as("not for silence: only what the backup said counts")
          .contains("CLAIMING: backup left, RESIGN");
      assertThat(RunningPair.status(primary).ownership().mode()).isEqualTo("solo");
      assertThat(RunningPair.status(primary).takeovers()).isEmpty();
    }
  }

  @Test
  void shouldRefuseToStartAfterBothWereKilledUnlessToldThatTheGuestIsLost()
      throws IOException, InterruptedException {
    try (RunningPair running = new RunningPair(directory)) {
      try (Jedis client = RunningPair.jedis(running.pair.backupFront())) {
        client.set("key", "value");
      }
      // Backup first, and before the primary can claim.
      running.pair.primary().signal("STOP");
      running.pair.backup().kill();
      running.pair.primary().kill();
      assertThat(running.pair.backup().diedOfKill(RunningPair.TIMEOUT_MS)).isTrue();
      assertThat(running.pair.primary().diedOfKill(RunningPair.TIMEOUT_MS)).isTrue();

      running.pair.startPrimary(List.of());
      int refused = running.pair.primary().awaitExit(RunningPair.TIMEOUT_MS);
      final String words = running.pair.primary().output();
      running.pair.startBackup();
      running.pair.startPrimary(List.of(), "--start-empty");
      running.awaitProtected();

      assertThat(refused).as(words).isEqualTo(ExitCode.REFUSED);
      assertThat(words.lines().toList().getLast())
          .contains("runs on a#", "protected by b#", "--set node.role=backup", "--start-empty")
          .contains("the last process in " + running.pair.primary().directory())
          .contains("was primary in state");
      try (Jedis client = RunningPair.jedis(running.pair.backupFront())) {
        assertThat(client.get("key")).isNull();
        assertThat(client.set("key", "new")).isEqualTo("OK");
      }
      assertThat(Files.exists(running.pair.backup().directory().resolve("status.json"))).isTrue();
    }
  }
}
