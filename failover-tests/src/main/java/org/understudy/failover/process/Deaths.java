package org.understudy.failover.process;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.understudy.lab.pair.DemoPair;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.TakeoverParts;
import org.understudy.node.program.ExitCode;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;

/** Makes one death of each kind happen to a pair under load, and waits until service goes on. */
final class Deaths {
  static final long STOP_TIMEOUT_MS = 15_000;
  private static final long SYNC_TIMEOUT_MS = 120_000;
  private static final long TAKEOVER_TIMEOUT_MS = 30_000;

  /** Answers per client that show that service goes on. */
  private static final int ANSWERS_PER_CLIENT = 3;

  private final DemoPair pair;
  private final LoadThread load;
  private final int connections;
  private final OwnNetwork network;

  /** Deaths of this pair; the network in which the primary lives is only needed to cut it off. */
  Deaths(DemoPair pair, LoadThread load, int connections, OwnNetwork network) {
    this.pair = pair;
    this.load = load;
    this.connections = connections;
    this.network = network;
  }

  KillOutcome make(Kill kill) throws IOException, InterruptedException {
    return switch (kill.target()) {
      case PRIMARY -> killPrimary(kill);
      case FROZEN_PRIMARY -> freezePrimary(kill);
      case CUT_LINK -> cutLink(kill);
      case BACKUP -> killBackup(kill);
      case SYNCING_BACKUP -> killSyncingBackup(kill);
    };
  }

  /** Service goes on, for every client: also each operation that was in flight has ended. */
  void awaitAnswers() throws InterruptedException {
    load.awaitNoneInFlight();
    load.awaitAnswers((long) connections * ANSWERS_PER_CLIENT);
  }

  private KillOutcome killPrimary(Kill kill) throws IOException, InterruptedException {
    pause(kill);
    final long atNs = load.nowNs();
    final long atUs = pair.primary().kill();
    requireKilled(pair.primary());
    final long goneNs = load.nowNs();
    Map<String, Long> partsUs = awaitTakeover(kill, atUs);
    pair.rolesChanged();
    return new KillOutcome(kill, atNs, goneNs, partsUs);
  }

  private KillOutcome freezePrimary(Kill kill) throws IOException, InterruptedException {
    pause(kill);
    final long atNs = load.nowNs();
    final long atUs = pair.primary().freeze();
    Map<String, Long> partsUs = awaitTakeover(kill, atUs);
    pair.primary().signal("CONT");
    requireFenced();
    return new KillOutcome(kill, atNs, atNs, partsUs);
  }

  private KillOutcome cutLink(Kill kill) throws IOException, InterruptedException {
    pause(kill);
    final long atNs = load.nowNs();
    final long atUs = network.cut();
    Map<String, Long> partsUs = awaitTakeover(kill, atUs);
    network.mend();
    requireFenced();
    return new KillOutcome(kill, atNs, atNs, partsUs);
  }

  /** The old primary is back, learns that it owns nothing any more, and nobody misses it. */
  private void requireFenced() throws IOException, InterruptedException {
    int code = pair.primary().awaitExit(TAKEOVER_TIMEOUT_MS);
    if (code != ExitCode.FENCED) {
      throw new IllegalStateException(
          "node " + pair.primary().name() + " came back and gave " + code + " in place of fenced");
    }
    awaitAnswers();
    pair.rolesChanged();
  }

  private Map<String, Long> awaitTakeover(Kill kill, long atUs)
      throws IOException, InterruptedException {
    NodeProcess survivor = pair.backup();
    Await.until(
        "a first answer of node " + survivor.name() + " after kill " + kill.number(),
        TAKEOVER_TIMEOUT_MS,
        () -> {
          requireAlive(survivor);
          return firstAnswer(survivor) != null;
        });
    awaitAnswers();
    return TakeoverParts.of(atUs, firstAnswer(survivor));
  }

  private static NodeStatus.Takeover firstAnswer(NodeProcess survivor) throws IOException {
    NodeStatus status = survivor.status().orElse(null);
    boolean answered =
        status != null
            && status.pid() == survivor.pid()
            && !status.takeovers().isEmpty()
            && status.takeovers().getLast().firstAnswerAtUs() > 0;
    return answered ? status.takeovers().getLast() : null;
  }

  private KillOutcome killBackup(Kill kill) throws IOException, InterruptedException {
    pause(kill);
    return killAndAwaitSolo(kill);
  }

  private KillOutcome killSyncingBackup(Kill kill) throws IOException, InterruptedException {
    long orderlyEndNs = KillOutcome.NONE;
    if (pair.backup() != null && pair.backup().isAlive()) {
      // The first kill of a chain finds a protected pair: its backup ends in an orderly way.
      orderlyEndNs = load.nowNs();
      pair.backup().stop(STOP_TIMEOUT_MS);
      awaitAnswers();
    }
    pair.startBackup();
    NodeProcess backup = pair.backup();
    Await.until(
        "an initial copy to node " + backup.name(),
        SYNC_TIMEOUT_MS,
        () -> {
          requireAlive(backup);
          NodeStatus status = backup.status().orElse(null);
          return status != null
              && status.pid() == backup.pid()
              && (status.state() == NodeState.SYNCING || status.state() == NodeState.PROTECTED);
        });
    pause(kill);
    KillOutcome outcome = killAndAwaitSolo(kill);
    outcome.orderlyEndNs = orderlyEndNs;
    return outcome;
  }

  private KillOutcome killAndAwaitSolo(Kill kill) throws InterruptedException {
    long atNs = load.nowNs();
    pair.backup().kill();
    requireKilled(pair.backup());
    long goneNs = load.nowNs();
    Await.until(
        "node " + pair.primary().name() + " solo after kill " + kill.number(),
        TAKEOVER_TIMEOUT_MS,
        () -> {
          requireAlive(pair.primary());
          NodeStatus status = pair.primary().status().orElse(null);
          return status != null && status.state() == NodeState.SOLO;
        });
    awaitAnswers();
    return new KillOutcome(kill, atNs, goneNs, Map.of());
  }

  private static void pause(Kill kill) {
    long untilNs = System.nanoTime() + kill.delayUs() * 1000;
    while (System.nanoTime() - untilNs < 0) {
      LockSupport.parkNanos(untilNs - System.nanoTime());
    }
  }

  private static void requireKilled(NodeProcess node) throws InterruptedException {
    if (!node.diedOfKill(STOP_TIMEOUT_MS)) {
      throw new IllegalStateException("SIGKILL did not end node " + node.name());
    }
  }

  private static void requireAlive(NodeProcess node) throws IOException {
    if (!node.isAlive()) {
      throw node.diedError();
    }
  }
}
