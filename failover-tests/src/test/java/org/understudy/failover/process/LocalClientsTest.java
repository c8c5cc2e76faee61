package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.lab.judge.Verdict;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.node.status.NodeState;

/**
 * Clients that stay at the front of a node that was solo and is protected again: their output waits
 * for the backup too, but their connections die with that node (SAFETY rule E7).
 */
@Timeout(300)
class LocalClientsTest {
  @TempDir Path directory;

  @Test
  void shouldLoseNothingAcknowledgedWhenTheirNodeDies() throws IOException, InterruptedException {
    try (RunningPair running = new RunningPair(directory);
        LoadThread load = running.load(13)) {
      running.pair.primary().kill();
      NodeProcess second = running.pair.backup();
      RunningPair.awaitTakeover(second);
      running.pair.rolesChanged();
      load.awaitAnswers(500);
      running.pair.startBackup();
      running.awaitProtected();
      load.awaitAnswers(500);
      assertThat(load.brokenConnections()).as("protection breaks nothing").isZero();

      second.kill();
      NodeProcess third = running.pair.backup();
      RunningPair.awaitTakeover(third);
      load.awaitAnswers(500);
      final int broken = load.brokenConnections();
      Verdict verdict = RunningPair.judge(load, running.pair.backupFront());

      assertThat(verdict.findings()).isEmpty();
      assertThat(broken).as("all were at the node that died").isPositive();
      assertThat(verdict.unknown()).isLessThanOrEqualTo(2L * broken);
      assertThat(RunningPair.status(third).state()).isEqualTo(NodeState.SOLO);
    }
  }
}
