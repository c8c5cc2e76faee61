package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.lab.judge.Verdict;
import org.understudy.lab.pair.DemoPair;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.PairLayout;
import org.understudy.node.program.ExitCode;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;

/** The primary in a network namespace of its own: the link is cut, and its bytes are counted. */
@Timeout(300)
class CutLinkTest {
  private static final long MEMORY_BYTES = 32L << 20;

  @TempDir Path directory;
  private OwnNetwork network;

  @BeforeEach
  void makeNetwork() throws IOException, InterruptedException {
    Optional<String> missing = OwnNetwork.missing();
    assumeTrue(missing.isEmpty(), missing.orElse(""));
    network = OwnNetwork.create();
  }

  @AfterEach
  void removeNetwork() {
    if (network != null) {
      network.close();
    }
  }

  private RunningPair start(String... settings) throws IOException, InterruptedException {
    PairLayout layout =
        new PairLayout(directory, RunningPair.settings(settings), network.inside, network.outside);
    RunningPair running = new RunningPair(new DemoPair(layout));
    try {
      running.pair.startBackup();
      running.pair.startPrimary(network.prefix());
      running.awaitProtected();
      return running;
    } catch (IOException | InterruptedException | RuntimeException e) {
      running.close();
      throw e;
    }
  }

  @Test
  void shouldGoOnWithoutACopyWhenTheLinkIsCutForHalfTheTimeout()
      throws IOException, InterruptedException {
    final long cutMs = 1_500;
    try (RunningPair running = start("detect { timeout = 3 s, primaryTimeout = 4 s }");
        LoadThread load = running.load(5)) {
      NodeProcess primary = running.pair.primary();
      NodeProcess backup = running.pair.backup();
      final NodeStatus before = RunningPair.status(primary);
      final long sentBefore = network.bytesFromInside();

      network.cut();
      // The length of the cut is what is tested.
      Thread.sleep(cutMs);
      network.mend();
      load.awaitAnswers(1_000);
      final long sent = network.bytesFromInside() - sentBefore;
      RunningPair.awaitState(primary, NodeState.PROTECTED);
      RunningPair.awaitState(backup, NodeState.PROTECTED);
      final Verdict verdict = RunningPair.judge(load, running.pair.backupFront());

      NodeStatus after = RunningPair.status(primary);
      long resent = after.replication().resentBytes() - before.replication().resentBytes();
      System.out.printf(
          "cut of %d ms: %d link resumes, %d bytes sent again, %d bytes on the interface%n",
          cutMs,
          after.replication().linkResumes() - before.replication().linkResumes(),
          resent,
          sent);
      assertThat(verdict.findings()).isEmpty();
      assertThat(verdict.unknown()).isZero();
      assertThat(load.brokenConnections()).isZero();
      assertThat(RunningPair.status(backup).takeovers()).isEmpty();
      assertThat(after.ownership().generation()).isEqualTo(before.ownership().generation());
      assertThat(after.replication().initialCopyBytes())
          .as("no full copy")
          .isEqualTo(before.replication().initialCopyBytes());
      assertThat(resent).isLessThan(MEMORY_BYTES / 20);
    }
  }

  @Test
  void shouldTakeOverAndFenceTheOldPrimaryWhenTheLinkIsCutForLonger()
      throws IOException, InterruptedException {
    try (RunningPair running = start();
        LoadThread load = running.load(6)) {
      NodeProcess primary = running.pair.primary();
      NodeProcess backup = running.pair.backup();

      final long cutAtUs = System.currentTimeMillis() * 1_000;
      network.cut();
      RunningPair.awaitTakeover(backup);
      load.awaitAnswers(500);
      network.mend();
      int code = primary.awaitExit(RunningPair.TIMEOUT_MS);
      load.awaitAnswers(500);
      Verdict verdict = RunningPair.judge(load, running.pair.backupFront());

      NodeStatus survivor = RunningPair.status(backup);
      System.out.printf(
          "cut link: first answer %.1f ms after the cut, time-out 1000 ms%n",
          (survivor.takeovers().getFirst().firstAnswerAtUs() - cutAtUs) / 1000.0);
      assertThat(code).as(primary.output()).isEqualTo(ExitCode.FENCED);
      assertThat(verdict.findings()).isEmpty();
      assertThat(verdict.unknown()).isZero();
      assertThat(load.brokenConnections()).isZero();
      assertThat(survivor.state()).isEqualTo(NodeState.SOLO);
    }
  }

  @Test
  void shouldCountTheBytesThatTheInterfaceCounts() throws IOException, InterruptedException {
    try (RunningPair running = start();
        LoadThread load = running.load(9)) {
      NodeProcess primary = running.pair.primary();
      NodeProcess backup = running.pair.backup();
      Sample wireBefore = sample(primary);
      Sample inputBefore = sample(backup);

      load.awaitAnswers(6_000);

      Sample wireAfter = sample(primary);
      Sample inputAfter = sample(backup);
      long wire = wireAfter.status - wireBefore.status;
      long input = inputAfter.status - inputBefore.status;
      long fromPrimary = wireAfter.fromInside - wireBefore.fromInside;
      long toPrimary = inputAfter.toInside - inputBefore.toInside;
      System.out.printf(
          "wireBytes %d, interface %d; inputBytes %d, interface %d%n",
          wire, fromPrimary, input, toPrimary);
      assertThat((double) wire).isBetween(fromPrimary * 0.9, fromPrimary * 1.1);
      assertThat((double) input).isBetween(toPrimary * 0.9, toPrimary * 1.1);
    }
  }

  /** What a node has just counted, and the interface at the same instant. */
  private record Sample(long status, long fromInside, long toInside) {}

  private Sample sample(NodeProcess node) throws IOException, InterruptedException {
    long seen = RunningPair.status(node).writtenAtUs();
    Await.until(
        "a fresh status of node " + node.name(),
        RunningPair.TIMEOUT_MS,
        () -> RunningPair.status(node).writtenAtUs() != seen);
    long fromInside = network.bytesFromInside();
    long toInside = network.bytesToInside();
    NodeStatus.Replication counted = RunningPair.status(node).replication();
    return new Sample(counted.wireBytes() + counted.inputBytes(), fromInside, toInside);
  }
}
