package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.lab.judge.Verdict;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.node.program.ExitCode;
import org.understudy.node.status.NodeState;
import org.understudy.service.front.FrontSettings;

/** Clients that ask for much and read nothing cost others neither answers nor the guest. */
@Timeout(300)
class SlowClientsTest {
  private static final int VALUE_BYTES = 6 << 20;

  /** A busy host must not make the primary give the backup up; a killed process is seen at once. */
  private static final String[] PATIENT = {
    "detect { timeout = 100 s, primaryTimeout = 150 s }", "commit.timeout = 200 s"
  };

  @TempDir Path directory;

  @Test
  void shouldAnswerEveryOtherClientThroughAKillWhenManyDoNotRead()
      throws IOException, InterruptedException {
    int clients = Integer.getInteger("understudy.slow.clients", 120);
    try (RunningPair running = new RunningPair(directory, PATIENT);
        SlowReaders slow = new SlowReaders()) {
      SlowReaders.storeValue(running.pair.backupFront(), VALUE_BYTES);
      LoadThread load = running.load(7);
      NodeProcess backup = running.pair.backup();
      slow.ask(running.pair.backupFront(), clients);
      Await.until(
          "slow clients are closed",
          RunningPair.TIMEOUT_MS,
          () -> RunningPair.status(backup).front().slowClientsClosed() > 0);
      long most = NodeMemory.residentBytes(backup);

      running.pair.primary().kill();
      RunningPair.awaitTakeover(backup);
      load.awaitAnswers(2_000);
      most = Math.max(most, NodeMemory.residentBytes(backup));
      Verdict verdict = RunningPair.judge(load, running.pair.backupFront());

      assertThat(verdict.findings()).isEmpty();
      assertThat(RunningPair.status(backup).state()).isEqualTo(NodeState.SOLO);
      assertThat(most).as("resident memory").isLessThan(NodeMemory.printedBytes(backup));

      slow.leave();
      long peak = most;
      Await.until(
          "memory is given back",
          RunningPair.TIMEOUT_MS,
          () ->
              NodeMemory.residentBytes(backup) < peak - FrontSettings.DEFAULT_MAX_QUEUED_BYTES / 2);
      // A new backup's copy needs memory of its own.
      running.pair.rolesChanged();
      running.pair.startBackup();
      running.awaitProtected();
    }
  }

  @Test
  void shouldEndTheBackupThoughClientsDoNotTakeTheirLastReplies()
      throws IOException, InterruptedException {
    try (RunningPair running = new RunningPair(directory);
        SlowReaders slow = new SlowReaders()) {
      SlowReaders.storeValue(running.pair.backupFront(), VALUE_BYTES);
      slow.ask(running.pair.backupFront(), 4);
      NodeProcess backup = running.pair.backup();
      Await.until(
          "replies wait",
          RunningPair.TIMEOUT_MS,
          () -> RunningPair.status(backup).front().queuedBytes() > VALUE_BYTES);

      int code = running.pair.primary().endGuest(RunningPair.TIMEOUT_MS);
      int other = backup.awaitExit(RunningPair.TIMEOUT_MS);

      assertThat(code).isEqualTo(ExitCode.OK);
      assertThat(other).as(backup.output()).isEqualTo(ExitCode.OK);
    }
  }
}
