package org.understudy.failover.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.understudy.lab.judge.History;
import org.understudy.lab.judge.HistoryChecker;
import org.understudy.lab.judge.Verdict;
import org.understudy.lab.load.FinalDump;
import org.understudy.lab.load.LoadOptions;
import org.understudy.lab.pair.DemoPair;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.PairSettings;

/** One pair, two kills, and before each of them clients that do not read. */
final class SlowClientsRound {
  private static final int KILLS = 2;
  private static final int OTHERS = 20;
  private static final int KEYS = 2_000;
  private static final int RATE = 1_500;
  private static final int ANSWERS_BEFORE_KILL = 500;
  private static final int ANSWERS_AFTER_KILL = 2_000;
  private static final long TIMEOUT_MS = 120_000;

  private final int clients;
  private final int valueBytes;
  private final long withinMs;
  private final long memoryBytes;
  private final long fillBytes;
  private final long seed;
  private final boolean atOnce;
  private final List<String> settings;
  private final List<Long> killsNs = new ArrayList<>();
  private final List<NodeProcess> nodes = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();

  /** What did not hold. */
  final List<String> failures = new ArrayList<>();

  SlowClientsRound(
      int clients,
      int valueBytes,
      long withinMs,
      long memoryBytes,
      long fillBytes,
      long seed,
      boolean atOnce,
      List<String> settings) {
    this.clients = clients;
    this.valueBytes = valueBytes;
    this.withinMs = withinMs;
    this.memoryBytes = memoryBytes;
    this.fillBytes = fillBytes;
    this.seed = seed;
    this.atOnce = atOnce;
    this.settings = settings;
  }

  void run(Path directory) throws InterruptedException {
    PairSettings pairSettings = new PairSettings("understudy", memoryBytes, settings);
    try (DemoPair pair = new DemoPair(directory, pairSettings);
        NodeMemory memory = new NodeMemory();
        SlowReaders slow = new SlowReaders()) {
      pair.start();
      watch(memory, pair.primary());
      watch(memory, pair.backup());
      awaitProtected(pair);
      SlowReaders.storeValue(pair.backupFront(), valueBytes);
      SlowReaders.fill(pair.backupFront(), fillBytes, seed);
      try (LoadThread load = new LoadThread(load(pair), RATE)) {
        load.awaitAnswers(KEYS);
        for (int i = 0; i < KILLS; i++) {
          kill(pair, load, slow);
          protectAgain(pair, load, memory);
        }
        judge(pair, load);
      }
      measure(memory);
    } catch (IOException | RuntimeException e) {
      fail(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  private LoadOptions load(DemoPair pair) {
    return new LoadOptions(
        List.of(pair.backupFront(), pair.primaryFront()),
        OTHERS,
        KEYS,
        1,
        seed,
        (memoryBytes - fillBytes) / 3);
  }

  private void watch(NodeMemory memory, NodeProcess node) throws IOException {
    nodes.add(node);
    memory.watch(node);
  }

  private static void awaitProtected(DemoPair pair) throws IOException, InterruptedException {
    pair.awaitProtected(TIMEOUT_MS, line -> {});
  }

  private void kill(DemoPair pair, LoadThread load, SlowReaders slow)
      throws IOException, InterruptedException {
    NodeProcess successor = pair.backup();
    slow.ask(pair.backupFront(), clients);
    Await.until(
        "answers to slow clients fill their bound",
        TIMEOUT_MS,
        () -> successor.status().orElseThrow().front().slowClientsClosed() > 0);
    if (!atOnce) {
      load.awaitAnswers(ANSWERS_BEFORE_KILL);
      load.awaitNoneInFlight(); // what came after all of their requests is answered
    }
    killsNs.add(load.nowNs());
    pair.primary().kill();
    Await.until(
        "takeover",
        TIMEOUT_MS,
        () -> {
          if (!successor.isAlive()) {
            throw successor.diedError();
          }
          return !successor.status().orElseThrow().takeovers().isEmpty();
        });
    load.awaitAnswers(ANSWERS_AFTER_KILL);
    load.awaitNoneInFlight();
  }

  private void protectAgain(DemoPair pair, LoadThread load, NodeMemory memory)
      throws IOException, InterruptedException {
    pair.rolesChanged();
    pair.startBackup();
    watch(memory, pair.backup());
    awaitProtected(pair);
    load.moveTo(List.of(pair.backupFront(), pair.primaryFront()));
  }

  private void judge(DemoPair pair, LoadThread load) throws IOException, InterruptedException {
    History history = load.finish();
    FinalDump.read(pair.backupFront(), history, null, load::nowNs);
    Verdict verdict = HistoryChecker.check(history);
    verdict.findings().forEach(this::fail);
    lines.add(String.format("%,d answers of others judged", verdict.acknowledged()));
    for (int i = 0; i < killsNs.size(); i++) {
      answersAfter(history, i);
    }
  }

  /** When each of the others had its first answer after a signal. */
  private void answersAfter(History history, int kill) {
    long atNs = killsNs.get(kill);
    long[] firstNs = new long[OTHERS];
    Arrays.fill(firstNs, Long.MAX_VALUE);
    for (int row = 0; row < history.size(); row++) {
      long returnNs = history.returnNs(row);
      if (returnNs > atNs && returnNs != History.NEVER) {
        int client = history.connection(row);
        firstNs[client] = Math.min(firstNs[client], returnNs - atNs);
      }
    }
    Arrays.sort(firstNs);
    double slowestMs = firstNs[OTHERS - 1] / 1e6;
    lines.add(
        String.format(
            "kill %d beside %d that do not read: %d others had their next answer after %.0f ms"
                + " (median), the last one after %.0f ms",
            kill + 1, clients, OTHERS, firstNs[OTHERS / 2] / 1e6, slowestMs));
    if (slowestMs > withinMs) {
      fail(String.format("kill %d: a client waited for %.0f ms", kill + 1, slowestMs));
    }
  }

  private void measure(NodeMemory memory) throws IOException {
    long printedBytes = 0;
    long mostBytes = 0;
    for (NodeProcess node : nodes) {
      long printed = NodeMemory.printedBytes(node);
      long most = memory.mostBytes(node);
      if (most > printed) {
        fail("node " + node.name() + " had " + mib(most) + ", and had printed " + mib(printed));
      }
      if (node.output().contains("OutOfMemoryError")) {
        fail("node " + node.name() + " ran out of memory: " + node.directory());
      }
      printedBytes = Math.max(printedBytes, printed);
      mostBytes = Math.max(mostBytes, most);
    }
    lines.add(
        String.format(
            "resident memory: at most %s of %s printed (%.2f times as much)",
            mib(mostBytes), mib(printedBytes), (double) printedBytes / mostBytes));
  }

  private static String mib(long bytes) {
    return (bytes >> 20) + " MiB";
  }

  private void fail(String what) {
    failures.add(what);
  }

  String describe() {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append("  ").append(line).append('\n'));
    failures.forEach(failure -> text.append("  FAILED: ").append(failure).append('\n'));
    return text.toString();
  }
}
