package org.understudy.lab.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.understudy.lab.judge.History;
import org.understudy.lab.judge.HistoryChecker;
import org.understudy.lab.judge.HistoryWriter;
import org.understudy.lab.load.FinalDump;
import org.understudy.lab.load.LoadGenerator;
import org.understudy.lab.load.LoadOptions;
import org.understudy.lab.pair.DemoPair;
import org.understudy.lab.pair.PairSettings;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;

/** One demo: a pair, load, a kill in the middle, and what came of it. */
final class DemoRun {
  /** Epochs that {@code --verify} compares. */
  static final int VERIFIED_EPOCHS = 10;

  private static final long PROTECT_TIMEOUT_MS = 180_000;
  private static final long CONNECT_TIMEOUT_MS = 20_000;
  private static final long DRAIN_TIMEOUT_MS = 20_000;
  private static final long STOP_TIMEOUT_MS = 15_000;
  private static final long VERIFY_TIMEOUT_MS = 120_000;

  private final DemoOptions options;
  private final DemoResult result;
  private final Consumer<String> progress;
  private long killedAtUs;
  private long mixStartNs;
  private long killNs;
  private long mixEndNs;

  DemoRun(DemoOptions options, DemoResult result, Consumer<String> progress) {
    this.options = options;
    this.result = result;
    this.progress = progress;
  }

  void run(Path directory) throws IOException, InterruptedException {
    PairSettings settings = new PairSettings(options.preset(), options.memoryBytes(), lines());
    try (HistoryWriter recorder = recorder();
        DemoPair pair = new DemoPair(directory, settings)) {
      pair.start();
      pair.awaitProtected(PROTECT_TIMEOUT_MS, line -> progress.accept("waiting: " + line));
      progress.accept("protected; clients connect to " + pair.backupFront());
      try (LoadGenerator load = new LoadGenerator(loadOptions(pair), recorder)) {
        underLoad(pair, load, recorder);
        stop(pair);
        evaluate(load);
      }
    }
  }

  /** Before anything starts: a file that cannot be written is known at once. */
  private HistoryWriter recorder() {
    if (options.record() == null) {
      return null;
    }
    try {
      return new HistoryWriter(options.record());
    } catch (IOException e) {
      throw new UserError(
          ExitCode.USAGE,
          "--record: " + options.record() + " cannot be written (" + e + "); name another file",
          e);
    }
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>(options.settings());
    if (options.fixedEpochNs() > 0) {
      lines.add("epoch { mode = fixed, length = " + options.fixedEpochNs() + " ns }");
    } else if (options.fixedEpochNs() == 0) {
      lines.add("epoch.mode = adaptive");
    }
    if (options.verify()) {
      // Adaptive epochs are about a millisecond long: spread the samples over the load.
      boolean adaptive = options.fixedEpochNs() == 0;
      lines.add(
          "verify { everyEpochs = "
              + (adaptive ? 200 : 10)
              + ", samples = "
              + VERIFIED_EPOCHS * 2
              + " }");
    }
    return lines;
  }

  private LoadOptions loadOptions(DemoPair pair) {
    List<InetSocketAddress> fronts = List.of(pair.backupFront(), pair.primaryFront());
    return new LoadOptions(
        fronts,
        options.connections(),
        options.keys(),
        1,
        options.seed(),
        // A third of the memory: strings that grow are copied, so some of it is garbage for a
        // while.
        options.memoryBytes() / 3);
  }

  private void underLoad(DemoPair pair, LoadGenerator load, HistoryWriter recorder)
      throws IOException, InterruptedException {
    load.connect(CONNECT_TIMEOUT_MS);
    progress.accept(
        "writing " + options.keys() + " keys over " + options.connections() + " connections");
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread = new Thread(() -> runLoad(load, failure), "load");
    thread.start();
    try {
      awaitPopulated(load, failure);
      mixStartNs = load.nowNs();
      long killAfterNs = (long) (options.durationNs() * (0.35 + 0.3 * random().nextDouble()));
      progress.accept("load runs; the primary dies at a random instant in the middle");
      awaitUntil(load, mixStartNs + killAfterNs, failure);
      if (options.verify()) {
        awaitVerified(pair, failure);
      }
      kill(pair, load);
      awaitUntil(
          load,
          Math.max(mixStartNs + options.durationNs(), killNs + TimeUnit.SECONDS.toNanos(1)),
          failure);
    } finally {
      mixEndNs = load.nowNs();
      load.requestStop();
      thread.join();
    }
    requireNone(failure);
    readBack(pair, load, recorder);
  }

  /** What the surviving node holds in the end; without it the replies alone are judged. */
  private void readBack(DemoPair pair, LoadGenerator load, HistoryWriter recorder)
      throws IOException {
    if (!pair.backup().isAlive()) {
      result.failures.add(pair.backup().diedError().getMessage());
      return;
    }
    progress.accept("load ended; reading all keys back");
    try {
      FinalDump.read(pair.backupFront(), load.history(), recorder, load::nowNs);
    } catch (IOException e) {
      result.failures.add("the surviving node cannot be read: " + e.getMessage());
    }
  }

  private SplittableRandom random() {
    return new SplittableRandom(options.seed() ^ 0x6B696C6CL);
  }

  private static void runLoad(LoadGenerator load, AtomicReference<Throwable> failure) {
    try {
      load.populate();
      load.run(DRAIN_TIMEOUT_MS);
    } catch (IOException | RuntimeException e) {
      failure.set(e);
    }
  }

  private void awaitPopulated(LoadGenerator load, AtomicReference<Throwable> failure)
      throws InterruptedException {
    while (load.progress().acknowledged() < options.keys()) {
      pause(5);
      requireNone(failure);
    }
  }

  private void awaitUntil(LoadGenerator load, long untilNs, AtomicReference<Throwable> failure)
      throws InterruptedException {
    while (load.nowNs() < untilNs) {
      long leftMs = TimeUnit.NANOSECONDS.toMillis(untilNs - load.nowNs()) + 1;
      pause(Math.min(leftMs, 100));
      requireNone(failure);
    }
  }

  private static void pause(long ms) throws InterruptedException {
    if (Shutdown.await(ms)) {
      throw new UserError(ExitCode.INTERRUPTED, "interrupted");
    }
  }

  private static void requireNone(AtomicReference<Throwable> failure) {
    if (failure.get() != null) {
      throw new UserError(
          ExitCode.FAILED, "the load failed: " + failure.get().getMessage(), failure.get());
    }
  }

  private void awaitVerified(DemoPair pair, AtomicReference<Throwable> failure)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(VERIFY_TIMEOUT_MS);
    while (result.compareImages(
                pair.primary().status().orElse(null), pair.backup().status().orElse(null))
            < VERIFIED_EPOCHS
        && System.nanoTime() < deadline) {
      pause(50);
      requireNone(failure);
    }
  }

  private void kill(DemoPair pair, LoadGenerator load) throws IOException, InterruptedException {
    result.killedPid = pair.primary().pid();
    killNs = load.nowNs();
    killedAtUs = pair.primary().kill();
    result.killAtMs = (killNs - mixStartNs) / 1e6;
    result.killDelivered = pair.primary().diedOfKill(STOP_TIMEOUT_MS);
    result.primary = pair.primary().status().orElse(null);
    progress.accept("primary " + result.killedPid + " killed");
  }

  private void evaluate(LoadGenerator load) {
    History history = load.history();
    result.sent = load.progress().sent();
    result.brokenConnections = load.progress().brokenConnections();
    progress.accept("checking " + history.size() + " operations");
    result.verdict = HistoryChecker.check(history);
    result.acknowledged = result.verdict.acknowledged();
    result.unknown = result.verdict.unknown();
    new DemoPhases(history, mixStartNs, killNs, mixEndNs).measure(result);
  }

  private void stop(DemoPair pair) throws IOException, InterruptedException {
    boolean wasAlive = pair.backup().isAlive();
    int code = pair.backup().endGuest(STOP_TIMEOUT_MS);
    if (wasAlive && code != ExitCode.OK) {
      result.failures.add("the surviving node ended with exit code " + code);
    }
    result.backup = pair.backup().status().orElse(null);
    if (result.backup != null) {
      result.takeovers = result.backup.takeovers().size();
      result.generation = result.backup.ownership().generation();
      if (result.takeovers > 0) {
        result.timeline(killedAtUs, result.backup.takeovers().getFirst());
      }
    }
  }
}
