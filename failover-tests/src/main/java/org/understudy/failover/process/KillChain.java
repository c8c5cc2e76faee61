package org.understudy.failover.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.understudy.lab.judge.History;
import org.understudy.lab.judge.HistoryChecker;
import org.understudy.lab.judge.Verdict;
import org.understudy.lab.load.FinalDump;
import org.understudy.lab.load.LoadOptions;
import org.understudy.lab.pair.DemoPair;
import org.understudy.lab.pair.PairLayout;
import org.understudy.lab.pair.PairSettings;

/**
 * One pair that lives through a chain of kills under one load: after each, a fresh process becomes
 * the backup, the clients move to its front, and the next node dies. At the end every reply of the
 * whole chain is judged against all keys read back.
 */
public final class KillChain {
  private static final long PROTECT_TIMEOUT_MS = 120_000;

  /** Operations in flight of one client. */
  private static final int PIPELINE = 1;

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
    boolean isCut = kills.stream().anyMatch(kill -> kill.target() == Kill.Target.CUT_LINK);
    try (OwnNetwork network = isCut ? OwnNetwork.create() : null;
        DemoPair pair = start(directory, settings, network)) {
      try (LoadThread load = new LoadThread(load(pair), options.operationsPerSecond())) {
        load.awaitAnswers(options.keys());
        kill(new Deaths(pair, load, options.connections(), network), pair, load, network);
        judge(pair, load);
      }
      stop(pair);
    } catch (IOException | RuntimeException e) {
      result.failures.add(e.getMessage() == null ? e.toString() : e.getMessage());
    }
    return result;
  }

  private DemoPair start(Path directory, PairSettings settings, OwnNetwork network)
      throws IOException, InterruptedException {
    DemoPair pair = new DemoPair(layout(directory, settings, network));
    try {
      if (network == null) {
        pair.start();
      } else {
        pair.startBackup();
        pair.startPrimary(network.prefix());
      }
      awaitProtected(pair);
      return pair;
    } catch (IOException | InterruptedException | RuntimeException e) {
      pair.close();
      throw e;
    }
  }

  /** Where the link is cut later, the primary lives beyond it. */
  private static PairLayout layout(Path directory, PairSettings settings, OwnNetwork network)
      throws IOException {
    return network == null
        ? new PairLayout(directory, settings)
        : new PairLayout(directory, settings, network.inside, network.outside);
  }

  private void kill(Deaths deaths, DemoPair pair, LoadThread load, OwnNetwork network)
      throws IOException, InterruptedException {
    for (int i = 0; i < kills.size(); i++) {
      result.kills.add(deaths.make(kills.get(i)));
      progress.accept("kill " + kills.get(i).number() + ", " + kills.get(i).target() + ": done");
      boolean wantsSyncing =
          i + 1 < kills.size() && kills.get(i + 1).target() == Kill.Target.SYNCING_BACKUP;
      result.kills.getLast().copyNs = load.nowNs();
      if (!wantsSyncing) {
        protectAgain(pair, load, network);
        deaths.awaitAnswers();
      }
    }
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
        PIPELINE,
        options.seed() * 1_000 + kills.getFirst().number(),
        options.memoryBytes() / 3);
  }

  private void protectAgain(DemoPair pair, LoadThread load, OwnNetwork network)
      throws IOException, InterruptedException {
    pair.startBackup(network == null ? List.of() : network.prefix());
    awaitProtected(pair);
    load.moveTo(List.of(pair.backupFront(), pair.primaryFront()));
  }

  private void judge(DemoPair pair, LoadThread load) throws IOException, InterruptedException {
    History history = load.finish();
    FinalDump.read(pair.backupFront(), history, null, load::nowNs);
    Verdict verdict = HistoryChecker.check(history);
    result.verdict = verdict;
    new KillFigures(history, load.breaks(), options.connections()).measure(result.kills);
    result.failures.addAll(BreakAudit.findings(events(), load.breaks(), history, PIPELINE));
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

  private List<BreakAudit.Event> events() {
    BreakAudit.Breaks copy =
        options.preset().equals("llm") ? BreakAudit.Breaks.OFTEN : BreakAudit.Breaks.NEVER;
    List<BreakAudit.Event> events = new ArrayList<>();
    for (KillOutcome outcome : result.kills) {
      String what = "kill " + outcome.kill.number() + ", " + outcome.kill.target();
      boolean isBackup = outcome.kill.target() == Kill.Target.BACKUP;
      boolean isCopying = outcome.kill.target() == Kill.Target.SYNCING_BACKUP;
      if (outcome.orderlyEndNs != KillOutcome.NONE) {
        events.add(
            new BreakAudit.Event(
                "the orderly end before " + what,
                outcome.orderlyEndNs,
                copy == BreakAudit.Breaks.NEVER ? BreakAudit.Breaks.ONCE : copy));
      }
      BreakAudit.Breaks ofKill = isBackup ? BreakAudit.Breaks.ONCE : BreakAudit.Breaks.NEVER;
      events.add(new BreakAudit.Event(what, outcome.atNs, isCopying ? copy : ofKill));
      if (outcome.copyNs != KillOutcome.NONE) {
        events.add(new BreakAudit.Event("the copy after " + what, outcome.copyNs, copy));
      }
    }
    return events;
  }

  /** The primary ends in an orderly way and takes the backup with it. */
  private void stop(DemoPair pair) throws InterruptedException {
    int code = pair.primary().endGuest(Deaths.STOP_TIMEOUT_MS);
    int other = pair.backup().awaitExit(Deaths.STOP_TIMEOUT_MS);
    if (code != 0 || other != 0) {
      result.failures.add(
          "the orderly end gave exit codes " + code + " (primary) and " + other + " (backup)");
    }
  }
}
