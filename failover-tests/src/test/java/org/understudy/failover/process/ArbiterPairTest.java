package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.failover.arbiter.ArbiterMembers;
import org.understudy.failover.arbiter.EtcdCluster;
import org.understudy.failover.arbiter.ZooKeeperEnsemble;
import org.understudy.lab.judge.Verdict;
import org.understudy.lab.pair.DemoPair;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.node.status.NodeState;

/** A pair whose register is kept by a cluster of three members. */
@Timeout(300)
class ArbiterPairTest {
  private static final int MEMBERS = 3;

  @TempDir private Path directory;
  private ArbiterMembers cluster;

  private RunningPair pair(String kind) throws Exception {
    return new RunningPair(directory.resolve("pair"), startCluster(kind));
  }

  /** Its members, and what a configuration says of them. */
  private String startCluster(String kind) throws Exception {
    Path place = Files.createDirectory(directory.resolve(kind));
    cluster =
        kind.equals("etcd")
            ? new EtcdCluster(place, MEMBERS)
            : new ZooKeeperEnsemble(place, MEMBERS);
    cluster.awaitLeader();
    String endpoints =
        cluster.endpoints().stream().map(one -> '"' + one + '"').collect(Collectors.joining(", "));
    return "arbiter { kind = " + kind + ", endpoints = [" + endpoints + "] }";
  }

  @AfterEach
  void end() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"etcd", "zookeeper"})
  void shouldTakeOverAndBeProtectedAgainWhileAMemberStandsStill(String kind) throws Exception {
    assumeTrue(EtcdCluster.isInstalled(), "etcd is missing: 'apt-get install etcd-server'");
    try (RunningPair running = pair(kind);
        LoadThread load = running.load(31)) {
      cluster.freeze(0);
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
          .contains(kind, cluster.endpoint(0), "/understudy/demo");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"etcd", "zookeeper"})
  void shouldStartOnceAMajorityAnswers(String kind) throws Exception {
    assumeTrue(EtcdCluster.isInstalled(), "etcd is missing: 'apt-get install etcd-server'");
    String arbiter = startCluster(kind);
    cluster.freeze(0);
    cluster.freeze(1);
    DemoPair pair = new DemoPair(directory.resolve("pair"), RunningPair.settings(arbiter));
    try (RunningPair running = new RunningPair(pair)) {
      pair.start();
      for (NodeProcess node : List.of(pair.primary(), pair.backup())) {
        Await.until(
            node.name() + " says that it waits",
            RunningPair.TIMEOUT_MS,
            () -> node.output().contains("the arbiter does not answer yet"));
      }
      cluster.thaw(0);
      cluster.thaw(1);
      running.awaitProtected();
    }
  }

  @Test
  void shouldServeOnProtectedWhileNoMemberAnswersAndTakeOverWhenTheyDo() throws Exception {
    assumeTrue(EtcdCluster.isInstalled(), "etcd is missing: 'apt-get install etcd-server'");
    try (RunningPair running = pair("etcd");
        LoadThread load = running.load(32)) {
      for (int member = 0; member < MEMBERS; member++) {
        cluster.kill(member);
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
        cluster.start(member);
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
