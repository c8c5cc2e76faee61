package org.understudy.failover.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.understudy.node.demo.DemoPair;
import org.understudy.node.demo.FinalDump;
import org.understudy.node.demo.History;
import org.understudy.node.demo.HistoryChecker;
import org.understudy.node.demo.LoadOptions;
import org.understudy.node.demo.NodeProcess;
import org.understudy.node.demo.PairSettings;
import org.understudy.node.demo.TakeoverParts;
import org.understudy.node.demo.Verdict;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;

/**
 * One pair that lives through a chain of kills under one load: after each, a fresh process becomes
 * the backup, the clients move to its front, and the next node dies. At the end every reply of the
 * whole chain is judged against all keys read back.
 */
public final class KillChain {
  private static final long PROTECT_TIMEOUT_MS = 120_000;
  private static final long TAKEOVER_TIMEOUT_MS = 30_000;
  private static final long STOP_TIMEOUT_MS = 15_000;

  /** Answers per client that show that service goes on. */
  private static final int ANSWERS_PER_CLIENT = 3;

  private final KillOptions options;
  private final List<Kill> kills;
  private final Consumer<String> progress;
  private final ChainResult result = new ChainResult();

  private KillChain(KillOptions options, List<Kill> kills, Consumer<String> progress) {
    this.options = options;
    this.kills = kills;
    this.progress = progress;
  }

  /**
   * Runs a chain.
   *
   * @param directory of its own; it may be removed when the chain went well
   * @param progress takes one line per step
   */
  public static ChainResult run(
      KillOptions options, List<Kill> kills, Path directory, Consumer<String> progress)
      throws InterruptedException {
    return new KillChain(options, kills, progress).run(directory);
  }

  private ChainResult run(Path directory) throws InterruptedException {
    PairSettings settings =
        new PairSettings(options.preset(), options.memoryBytes(), options.settings());
    try (DemoPair pair = new DemoPair(directory, settings)) {
      pair.start();
      awaitProtected(pair);
      try (LoadThread load = new LoadThread(load(pair), options.operationsPerSecond())) {
        load.awaitAnswers(options.keys());
        for (int i = 0; i < kills.size(); i++) {
          kill(kills.get(i), pair, load);
          boolean wantsSyncing =
              i + 1 < kills.size() && kills.get(i + 1).target() == Kill.Target.SYNCING_BACKUP;
          if (!wantsSyncing) {
            protectAgain(pair, load);
          }
        }
        judge(pair, load);
      }
      stop(pair);
    } catch (IOException | RuntimeException e) {
      result.failures.add(e.getMessage() == null ? e.toString() : e.getMessage());
    }
    return result;
  }

  private void awaitProtected(DemoPair pair) throws IOException, InterruptedException {
    pair.awaitProtected(PROTECT_TIMEOUT_MS, line -> {});
  }

  private LoadOptions load(DemoPair pair) {
    // A third of the memory: strings that grow are copied, so some of it is garbage for a while.
    return new LoadOptions(
        List.of(pair.backupFront(), pair.primaryFront()),
        options.connections(),
        options.keys(),
        1,
        options.seed() * 1_000 + kills.getFirst().number(),
        options.memoryBytes() / 3);
  }

  private void kill(Kill kill, DemoPair pair, LoadThread load)
      throws IOException, InterruptedException {
    KillOutcome outcome =
        switch (kill.target()) {
          case PRIMARY -> killPrimary(kill, pair, load);
          case BACKUP -> killBackup(kill, pair, load);
          case SYNCING_BACKUP -> killSyncingBackup(kill, pair, load);
        };
    result.kills.add(outcome);
    if (outcome.broken > 0 && kill.target() != Kill.Target.BACKUP) {
      result.failures.add(
          "kill "
              + kill.number()
              + ", "
              + kill.target()
              + ": "
              + outcome.broken
              + " connections broke");
    }
    progress.accept("kill " + kill.number() + ", " + kill.target() + ": done");
  }

  private KillOutcome killPrimary(Kill kill, DemoPair pair, LoadThread load)
      throws IOException, InterruptedException {
    NodeProcess survivor = pair.backup();
    int brokenBefore = load.brokenConnections();
    pause(kill);
    final long atNs = load.nowNs();
    final long atUs = pair.primary().kill();
    requireKilled(pair.primary());
    final long goneNs = load.nowNs();
    Await.until(
        "a first answer of node " + survivor.name() + " after kill " + kill.number(),
        TAKEOVER_TIMEOUT_MS,
        () -> {
          requireAlive(survivor);
          return firstAnswer(survivor) != null;
        });
    awaitAnswers(load);
    int broken = load.brokenConnections() - brokenBefore;
    NodeStatus.Takeover takeover = firstAnswer(survivor);
    Map<String, Long> partsUs = TakeoverParts.of(atUs, takeover);
    pair.rolesChanged();
    return new KillOutcome(kill, atNs, goneNs, partsUs, broken);
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

  private KillOutcome killBackup(Kill kill, DemoPair pair, LoadThread load)
      throws IOException, InterruptedException {
    int brokenBefore = load.brokenConnections();
    pause(kill);
    long atNs = load.nowNs();
    pair.backup().kill();
    requireKilled(pair.backup());
    long goneNs = load.nowNs();
    awaitSolo(kill, pair);
    awaitAnswers(load);
    return new KillOutcome(kill, atNs, goneNs, Map.of(), load.brokenConnections() - brokenBefore);
  }

  private KillOutcome killSyncingBackup(Kill kill, DemoPair pair, LoadThread load)
      throws IOException, InterruptedException {
    if (pair.backup() == null || !pair.backup().isAlive()) {
      pair.startBackup();
    } else {
      // The first kill of a chain finds a protected pair: its backup ends in an orderly way.
      pair.backup().stop(STOP_TIMEOUT_MS);
      awaitAnswers(load);
      pair.startBackup();
    }
    NodeProcess backup = pair.backup();
    Await.until(
        "an initial copy to node " + backup.name(),
        PROTECT_TIMEOUT_MS,
        () -> {
          requireAlive(backup);
          NodeStatus status = backup.status().orElse(null);
          return status != null
              && status.pid() == backup.pid()
              && (status.state() == NodeState.SYNCING || status.state() == NodeState.PROTECTED);
        });
    int brokenBefore = load.brokenConnections();
    pause(kill);
    long atNs = load.nowNs();
    backup.kill();
    requireKilled(backup);
    long goneNs = load.nowNs();
    awaitSolo(kill, pair);
    awaitAnswers(load);
    return new KillOutcome(kill, atNs, goneNs, Map.of(), load.brokenConnections() - brokenBefore);
  }

  private void awaitSolo(Kill kill, DemoPair pair) throws InterruptedException {
    Await.until(
        "node " + pair.primary().name() + " solo after kill " + kill.number(),
        TAKEOVER_TIMEOUT_MS,
        () -> {
          requireAlive(pair.primary());
          NodeStatus status = pair.primary().status().orElse(null);
          return status != null && status.state() == NodeState.SOLO;
        });
  }

  private void awaitAnswers(LoadThread load) throws InterruptedException {
    load.awaitAnswers((long) options.connections() * ANSWERS_PER_CLIENT);
  }

  private void protectAgain(DemoPair pair, LoadThread load)
      throws IOException, InterruptedException {
    pair.startBackup();
    awaitProtected(pair);
    load.moveTo(List.of(pair.backupFront(), pair.primaryFront()));
    awaitAnswers(load);
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

  private void judge(DemoPair pair, LoadThread load) throws IOException, InterruptedException {
    History history = load.finish();
    FinalDump.read(pair.backupFront(), history, null, load::nowNs);
    Verdict verdict = HistoryChecker.check(history);
    result.verdict = verdict;
    new KillFigures(history, options.connections()).measure(result.kills);
    if (!verdict.isOk()) {
      result.failures.add(
          "lost "
              + verdict.lost()
              + ", doubled "
              + verdict.duplicated()
              + ", reordered "
              + verdict.reordered()
              + ", wrong "
              + verdict.wrong());
      result.failures.addAll(verdict.findings());
    }
  }

  /** The primary ends in an orderly way and takes the backup with it. */
  private void stop(DemoPair pair) throws InterruptedException {
    int code = pair.primary().stop(STOP_TIMEOUT_MS);
    int other = pair.backup().awaitExit(STOP_TIMEOUT_MS);
    if (code != 0 || other != 0) {
      result.failures.add(
          "the orderly end gave exit codes " + code + " (primary) and " + other + " (backup)");
    }
  }
}
