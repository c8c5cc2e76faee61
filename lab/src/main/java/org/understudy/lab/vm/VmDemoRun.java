package org.understudy.lab.vm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.understudy.lab.demo.DemoPhases;
import org.understudy.lab.demo.DemoResult;
import org.understudy.lab.judge.HistoryChecker;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.TakeoverParts;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;
import org.understudy.node.status.NodeStatus;

/** The demo as the client sees it: a pair, load, kills, and what came of it. */
final class VmDemoRun {
  private static final long PROTECT_TIMEOUT_MS = 300_000;
  private static final long BOOT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(180);
  private static final long VERIFY_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(120);
  private static final long ANSWER_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);
  private static final long STOP_TIMEOUT_MS = 15_000;
  private static final int HTTP_TIMEOUT_MS = 2_000;
  private static final int OK = 200;

  /**
   * Disk writes of the guest that a primary has recorded, and those that a backup has committed.
   */
  private static final String ISSUED = "diskWritesIssued";

  private static final String COMMITTED = "diskWritesCommitted";

  private final VmDemoOptions options;
  private final VmResult result;
  private final Consumer<String> progress;
  private final SplittableRandom random;
  private VmPair pair;
  private VmLoads loads;
  private long firstKillNs;
  private long issuedBefore;
  private long committedBefore;

  VmDemoRun(VmDemoOptions options, VmResult result, Consumer<String> progress) {
    this.options = options;
    this.result = result;
    this.progress = progress;
    this.random = new SplittableRandom(options.seed() ^ 0x6B696C6CL);
  }

  void run(Path directory, VmLayout layout, GuestImage image)
      throws IOException, InterruptedException {
    try (VmPair ownPair = new VmPair(directory, layout, options, image)) {
      pair = ownPair;
      pair.start();
      protect();
      result.bootIdBefore = awaitBootId(pair::requireAlive);
      progress.accept("the guest is up, its boot id is " + result.bootIdBefore);
      progress.accept(
          "clients connect: "
              + options.clients().redis()
              + " to redis, "
              + options.clients().http()
              + " to nginx");
      try (VmLoads ownLoads = new VmLoads(options)) {
        loads = ownLoads;
        loads.start();
        withWrk();
        evaluate();
      }
      stop();
    }
  }

  private void protect() throws IOException, InterruptedException {
    pair.awaitProtected(PROTECT_TIMEOUT_MS, line -> progress.accept("waiting: " + line));
    issuedBefore = counter(pair.primary(), ISSUED);
    committedBefore = counter(pair.backup(), COMMITTED);
    progress.accept("protected");
  }

  /** Something that throws as soon as there is nothing to wait for any more. */
  interface Check {
    void check() throws IOException;
  }

  /** Waits until the guest answers. */
  static String awaitBootId(Check alive) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + BOOT_TIMEOUT_NS;
    while (true) {
      alive.check();
      try {
        return bootId();
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
          throw new UserError(ExitCode.FAILED, "the guest does not answer: " + e.getMessage(), e);
        }
      }
      if (Shutdown.await(50)) {
        throw new UserError(ExitCode.INTERRUPTED, "interrupted");
      }
    }
  }

  private static String bootId() throws IOException {
    try (HttpConnection connection = new HttpConnection(VmLayout.http(), HTTP_TIMEOUT_MS)) {
      HttpConnection.Response response = connection.get("/boot_id");
      if (response.status() != OK || response.text().isEmpty()) {
        throw new IOException("nginx answers with status " + response.status());
      }
      return response.text();
    }
  }

  private void withWrk() throws IOException, InterruptedException {
    if (!Wrk.isInstalled()) {
      progress.accept("wrk is not run on nginx: it is in Debian's package wrk");
      underLoad(null);
      return;
    }
    try (Wrk wrk = Wrk.start()) {
      underLoad(wrk);
    }
  }

  /**
   * All kills.
   *
   * @param wrk a further client; null for none
   */
  private void underLoad(Wrk wrk) throws IOException, InterruptedException {
    for (int i = 0; i < options.kills(); i++) {
      if (i > 0) {
        pair.startNextBackup();
        protect();
      }
      long fromNs = loads.nowNs();
      loads.awaitUntil(fromNs + (long) (options.loadNs() * (0.35 + 0.3 * random.nextDouble())));
      if (options.verify()) {
        verify();
      }
      killAndTakeOver(fromNs + options.loadNs());
    }
    progress.accept("load ends; reading all keys back");
    result.wrk = wrk == null ? null : wrk.finish();
    loads.finish(result);
    result.bootIdAfter = bootId();
  }

  private void verify() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + VERIFY_TIMEOUT_NS;
    DemoResult sample = new DemoResult();
    while (sample.compareImages(
                pair.primary().status().orElse(null), pair.backup().status().orElse(null))
            < VmRules.VERIFIED_EPOCHS
        && System.nanoTime() < deadline) {
      loads.pause(50);
    }
    result.base.verifiedEpochs += sample.verifiedEpochs;
    result.base.verifyMismatches.addAll(sample.verifyMismatches);
  }

  private void killAndTakeOver(long untilNs) throws IOException, InterruptedException {
    NodeProcess victim = pair.primary();
    long sentAgain = TcpCounters.retransmissions();
    long killNs = loads.nowNs();
    long killedAtNs = System.nanoTime();
    long killedAtUs = victim.kill();
    boolean delivered = victim.diedOfKill(STOP_TIMEOUT_MS);
    progress.accept(
        "primary "
            + victim.pid()
            + (delivered
                ? " killed"
                : " was to be killed, its exit code is " + victim.awaitExit(0)));
    if (result.kills.isEmpty()) {
      firstKillNs = killNs;
      result.base.killedPid = victim.pid();
      result.base.killAtMs = (killNs - loads.startNs()) / 1e6;
      result.base.killDelivered = delivered;
    }
    NodeStatus last = victim.status().orElse(null);
    if (last != null) {
      result.base.primary = last;
      result.base.epochMode = last.epochMode();
    }
    awaitAnswered(killedAtNs);
    sentAgain = TcpCounters.retransmissions() - sentAgain;
    NodeStatus.Takeover made = answered(awaitTakeover(), killedAtNs, killedAtUs);
    loads.awaitUntil(Math.max(untilNs, killNs + TimeUnit.SECONDS.toNanos(1)));
    long stallNs = loads.probe().arrivals().longestGapNs(killedAtNs, System.nanoTime());
    record(killNs, delivered, stallNs, sentAgain, killedAtUs, made);
    countWrites(victim);
  }

  private void record(
      long killNs,
      boolean delivered,
      long stallNs,
      long sentAgain,
      long killedAtUs,
      NodeStatus.Takeover made)
      throws IOException {
    Map<String, Long> partsUs = TakeoverParts.of(killedAtUs, made);
    if (result.kills.isEmpty()) {
      result.base.timeline(killedAtUs, made);
    }
    NodeStatus survivor = pair.backup().status().orElse(null);
    double runningMs =
        survivor == null || survivor.vm() == null ? 0 : survivor.vm().claimToRunningMs();
    result.kills.add(
        new KillResult(
            (killNs - loads.startNs()) / 1e6,
            delivered,
            stallNs / 1e6,
            runningMs,
            sentAgain,
            partsUs));
    if (survivor != null && survivor.vm() != null) {
      result.accelerator = survivor.vm().accelerator();
    }
  }

  private static long counter(NodeProcess node, String name) throws IOException {
    NodeStatus status = node.status().orElse(null);
    return status == null || status.vm() == null
        ? 0
        : status.vm().counters().getOrDefault(name, 0L);
  }

  /** Since protection began; what the dead node told last is a little older than its death. */
  private void countWrites(NodeProcess victim) throws IOException {
    long issued = counter(victim, ISSUED) - issuedBefore;
    long committed = counter(pair.backup(), COMMITTED) - committedBefore;
    result.diskWritesCommitted += committed;
    result.diskWritesDiscarded += Math.max(0, issued - committed);
  }

  private void awaitAnswered(long instantNs) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + ANSWER_TIMEOUT_NS;
    while (!loads.probe().arrivals().isAnsweredSince(instantNs)) {
      if (!pair.backup().isAlive()) {
        throw pair.backup().diedError();
      }
      if (loads.probe().isBroken() || System.nanoTime() > deadline) {
        throw new UserError(
            ExitCode.FAILED,
            loads.probe().isBroken()
                ? "the long-lived connection broke at the kill"
                : "nothing was answered in "
                    + ANSWER_TIMEOUT_NS / 1_000_000_000L
                    + " s after the kill");
      }
      loads.pause(5);
    }
  }

  /** The node does not see its guest's answers: the client does. */
  private NodeStatus.Takeover answered(NodeStatus.Takeover made, long killedAtNs, long killedAtUs) {
    long runningAtNs = killedAtNs + 1_000 * Math.max(0, made.replayedAtUs() - killedAtUs);
    long answeredAtNs = loads.probe().arrivals().firstReplyNs(runningAtNs);
    long answeredAtUs = killedAtUs + (answeredAtNs - killedAtNs) / 1_000;
    return new NodeStatus.Takeover(
        made.detectedAtUs(),
        made.claimedAtUs(),
        made.appliedAtUs(),
        made.restoredAtUs(),
        made.replayedAtUs(),
        answeredAtUs,
        made.generation(),
        made.epoch(),
        made.replayedInputs(),
        made.droppedOutputBytes(),
        made.cause());
  }

  /** The status file follows the takeover with a little delay. */
  private NodeStatus.Takeover awaitTakeover() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + ANSWER_TIMEOUT_NS;
    while (System.nanoTime() < deadline) {
      NodeStatus status = pair.backup().status().orElse(null);
      if (status != null
          && status.pid() == pair.backup().pid()
          && !status.takeovers().isEmpty()
          && status.takeovers().getFirst().replayedAtUs() > 0) {
        result.base.takeovers += status.takeovers().size();
        result.base.generation = status.ownership().generation();
        return status.takeovers().getFirst();
      }
      loads.pause(20);
    }
    throw new UserError(ExitCode.FAILED, "the surviving node tells of no takeover");
  }

  private void evaluate() {
    DemoResult base = result.base;
    base.sent = loads.redis().progress().sent();
    base.brokenConnections = loads.redis().progress().brokenConnections();
    progress.accept("checking " + loads.redis().history().size() + " operations");
    base.verdict = HistoryChecker.check(loads.redis().history());
    base.acknowledged = base.verdict.acknowledged();
    base.unknown = base.verdict.unknown();
    new DemoPhases(loads.redis().history(), loads.startNs(), firstKillNs, loads.nowNs())
        .measure(base);
  }

  private void stop() throws IOException, InterruptedException {
    boolean wasAlive = pair.backup().isAlive();
    int code = pair.backup().endGuest(STOP_TIMEOUT_MS);
    if (wasAlive && code != ExitCode.OK) {
      result.base.failures.add("the surviving node ended with exit code " + code);
    }
    result.base.backup = pair.backup().status().orElse(null);
    if (options.hasDisk()) {
      result.disk = DiskSequence.read(pair.backupDisk(), result.bootIdBefore);
    }
  }
}
