package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.lab.judge.Verdict;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.TakeoverParts;
import org.understudy.node.control.ControlClient;
import org.understudy.node.control.ControlServer;
import org.understudy.node.control.GuestOrder.Wish;
import org.understudy.node.program.ExitCode;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;

/** The guest moves on its operator's order; its clients notice a pause and nothing else. */
@Timeout(300)
class SwitchoverTest {
  private static final int MOVES = 4;

  @TempDir Path directory;

  @Test
  void shouldLoseNothingWhenTheGuestMovesBackAndForthUnderLoad()
      throws IOException, InterruptedException {
    // No silence can be noticed within the test, however busy the machine is.
    try (RunningPair running =
            new RunningPair(
                directory,
                "detect { timeout = 20 s, primaryTimeout = 30 s }",
                "commit.timeout = 60 s");
        LoadThread load = running.load(21)) {
      List<Long> firstAnswersUs = new ArrayList<>();
      for (int i = 0; i < MOVES; i++) {
        firstAnswersUs.add(move(running, load));
        running.pair.startBackup();
        running.awaitProtected();
        load.moveTo(List.of(running.pair.backupFront(), running.pair.primaryFront()));
      }
      Verdict verdict = RunningPair.judge(load, running.pair.backupFront());
      assertThat(verdict.findings()).isEmpty();
      assertThat(load.brokenConnections()).isZero();
      assertThat(RunningPair.status(running.pair.primary()).ownership().mode())
          .isEqualTo("protected");
      firstAnswersUs.sort(null);
      System.out.println(
          "switchover, order to first answer in us: "
              + firstAnswersUs
              + ", median "
              + firstAnswersUs.get(MOVES / 2));
    }
  }

  /** Returns microseconds from the order to the first answer of the new primary. */
  private static long move(RunningPair running, LoadThread load)
      throws IOException, InterruptedException {
    NodeProcess old = running.pair.primary();
    NodeProcess next = running.pair.backup();
    final long orderedUs = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    JsonNode outcome = order(old);
    assertThat(outcome.path("outcome").asText()).as(outcome.toString()).isEqualTo("moved");
    assertThat(outcome.path("backup").asText()).startsWith(next.name() + "#");
    assertThat(old.awaitExit(RunningPair.TIMEOUT_MS)).as(old.output()).isEqualTo(ExitCode.MOVED);
    assertThat(old.output()).contains("start this node as its backup");
    Await.until(
        "first answer of node " + next.name(),
        RunningPair.TIMEOUT_MS,
        () ->
            !RunningPair.status(next).takeovers().isEmpty()
                && RunningPair.status(next).takeovers().getLast().firstAnswerAtUs() > 0);
    load.awaitNoneInFlight();
    load.awaitAnswers(200);
    assertThat(load.brokenConnections()).as("clients are where the guest is now").isZero();
    running.pair.rolesChanged();
    NodeStatus.Takeover takeover = RunningPair.status(next).takeovers().getLast();
    System.out.println(
        "switchover: committed after "
            + outcome.path("committedUs")
            + " us at the old primary, known there after "
            + outcome.path("endedUs")
            + "; of the order "
            + TakeoverParts.of(orderedUs, takeover));
    return takeover.firstAnswerAtUs() - orderedUs;
  }

  private static JsonNode order(NodeProcess node) {
    return ControlClient.order(
        Wish.SWITCHOVER, node.directory(), RunningPair.TIMEOUT_MS, step -> {});
  }

  @Test
  void shouldRefuseWhenThereIsNobodyToMoveTo() throws IOException, InterruptedException {
    try (RunningPair running = new RunningPair(directory)) {
      JsonNode atBackup = order(running.pair.backup());
      running.pair.backup().stop(RunningPair.TIMEOUT_MS);
      RunningPair.awaitState(running.pair.primary(), NodeState.SOLO);
      JsonNode solo = order(running.pair.primary());

      assertThat(atBackup.path("exitCode").asInt()).isEqualTo(ExitCode.REFUSED);
      assertThat(atBackup.path("text").asText()).contains("backup");
      assertThat(solo.path("exitCode").asInt()).isEqualTo(ExitCode.REFUSED);
      assertThat(solo.path("text").asText()).contains("not protected");
      Path socket = running.pair.primary().directory().resolve(ControlServer.SOCKET);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void shouldGoOnWhereItWasWhenTheBackupStandsStill() throws IOException, InterruptedException {
    try (RunningPair running = new RunningPair(directory);
        LoadThread load = running.load(22)) {
      NodeProcess backup = running.pair.backup();
      backup.signal("STOP");
      JsonNode outcome = order(running.pair.primary());
      RunningPair.awaitState(running.pair.primary(), NodeState.SOLO);
      backup.signal("CONT");
      load.awaitNoneInFlight();
      load.awaitAnswers(200);
      running.awaitProtected();
      Verdict verdict = RunningPair.judge(load, running.pair.backupFront());

      assertThat(outcome.path("outcome").asText()).as(outcome.toString()).isEqualTo("failed");
      assertThat(verdict.findings()).isEmpty();
    }
  }
}
