package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.failover.arbiter.EtcdCluster;
import org.understudy.lab.judge.Verdict;
import org.understudy.node.status.NodeState;

/** A pair whose register is in an etcd of three members. */
@Timeout(300)
class EtcdPairTest {
  private static final int MEMBERS = 3;

  @TempDir private Path directory;
  private EtcdCluster etcd;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(EtcdCluster.isInstalled(), "etcd is missing: 'apt-get install etcd-server'");
    etcd = new EtcdCluster(Files.createDirectory(directory.resolve("etcd")), MEMBERS);
    etcd.awaitLeader();
  }

  @AfterEach
  void end() {
    if (etcd != null) {
      etcd.close();
    }
  }

  private RunningPair pair() throws Exception {
    String endpoints =
        etcd.endpoints().stream().map(one -> '"' + one + '"').collect(Collectors.joining(", "));
    return new RunningPair(
        directory.resolve("pair"), "arbiter { kind = etcd, endpoints = [" + endpoints + "] }");
  }

  @Test
  void shouldTakeOverAndBeProtectedAgainWhileAMemberStandsStill() throws Exception {
    try (RunningPair running = pair();
        LoadThread load = running.load(31)) {
      etcd.freeze(0);
      running.pair.primary().kill();
      RunningPair.awaitTakeover(running.pair.backup());
      load.awaitAnswers(500);
      running.pair.rolesChanged();
      running.pair.startBackup();
      running.awaitProtected();
      load.awaitNoneInFlight();
      Verdict verdict = RunningPair.judge(load, running.pair.backupFront());

      assertThat(verdict.findings()).isEmpty();
      assertThat(load.brokenConnections()).isZero();
      assertThat(RunningPair.status(running.pair.primary()).ownership().arbiter())
          .contains("etcd", etcd.endpoint(0), "/understudy/demo");
    }
  }

  @Test
  void shouldServeOnProtectedWhileNoMemberAnswersAndTakeOverWhenTheyDo() throws Exception {
    try (RunningPair running = pair();
        LoadThread load = running.load(32)) {
      for (int member = 0; member < MEMBERS; member++) {
        etcd.kill(member);
      }
      Await.until(
          "the primary says that its arbiter is away",
          RunningPair.TIMEOUT_MS,
          () -> !RunningPair.status(running.pair.primary()).ownership().reachable());
      load.awaitAnswers(500);
      assertThat(RunningPair.status(running.pair.primary()).state()).isEqualTo(NodeState.PROTECTED);

      running.pair.primary().kill();
      RunningPair.awaitState(running.pair.backup(), NodeState.CLAIMING);
      for (int member = 0; member < MEMBERS; member++) {
        etcd.start(member);
      }
      RunningPair.awaitTakeover(running.pair.backup());
      load.awaitAnswers(500);
      load.awaitNoneInFlight();
      Verdict verdict = RunningPair.judge(load, running.pair.backupFront());

      assertThat(verdict.findings()).isEmpty();
      assertThat(load.brokenConnections()).isZero();
    }
  }
}
