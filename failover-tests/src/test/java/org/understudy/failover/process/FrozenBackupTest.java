package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.lab.judge.History;
import org.understudy.lab.judge.HistoryChecker;
import org.understudy.lab.load.FinalDump;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.node.status.NodeState;

/**
 * A backup that stands still until the primary went solo, and wakes up with clients at its front.
 */
@Timeout(300)
class FrozenBackupTest {
  @TempDir Path directory;

  @Test
  void shouldBreakEachConnectionOnceAndBecomeTheBackupAgain()
      throws IOException, InterruptedException {
    try (RunningPair running = new RunningPair(directory);
        LoadThread load = running.load(21)) {
      NodeProcess backup = running.pair.backup();
      final long atNs = load.nowNs();
      backup.freeze();
      RunningPair.awaitState(running.pair.primary(), NodeState.SOLO);
      backup.signal("CONT");
      load.awaitNoneInFlight();
      load.awaitAnswers(500);
      running.awaitProtected();
      load.awaitAnswers(500);
      History history = load.finish();
      FinalDump.read(running.pair.backupFront(), history, null, load::nowNs);

      assertThat(HistoryChecker.check(history).findings()).isEmpty();
      assertThat(load.breaks()).isNotEmpty();
      assertThat(
              BreakAudit.findings(
                  List.of(new BreakAudit.Event("the frozen backup", atNs, BreakAudit.Breaks.ONCE)),
                  load.breaks(),
                  history,
                  1))
          .isEmpty();
      System.out.println(
          "frozen backup: "
              + load.breaks().size()
              + " connections broken, "
              + HistoryChecker.check(history).unknown()
              + " operations unknown");
    }
  }
}
