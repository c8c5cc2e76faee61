package org.understudy.lab.bench.presets;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;
import org.understudy.lab.bench.serve.BenchPair;
import org.understudy.lab.bench.serve.CpuClock;
import org.understudy.lab.pair.PairSettings;
import org.understudy.node.config.Units;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import org.understudy.node.status.NodeStatus;

/**
 * Measures one preset with a fresh pair: population while it runs alone, protection, the recorded
 * load at its pace, the same as fast as it goes, and SIGKILL in the middle of that.
 */
final class PresetRow {
  private static final long KILL_AFTER_NS = TimeUnit.MILLISECONDS.toNanos(500);

  private final PresetOptions options;
  private final RecordedLoad load;
  private final String preset;
  private final boolean adaptive;

  /**
   * A row.
   *
   * @param preset a preset, or {@link PresetResult#UNPROTECTED}
   */
  PresetRow(PresetOptions options, RecordedLoad load, String preset, boolean adaptive) {
    this.options = options;
    this.load = load;
    this.preset = preset;
    this.adaptive = adaptive;
  }

  private boolean isProtected() {
    return !preset.equals(PresetResult.UNPROTECTED);
  }

  private String epoch() {
    if (!isProtected()) {
      return "-";
    }
    return adaptive ? "adaptive" : Units.duration(options.epochNs());
  }

  private PairSettings settings() {
    List<String> epoch =
        adaptive
            ? List.of("epoch.mode = adaptive")
            : List.of("epoch { mode = fixed, length = " + options.epochNs() + " ns }");
    return new PairSettings(isProtected() ? preset : "understudy", options.memoryBytes(), epoch);
  }

  PresetResult measure() throws IOException, InterruptedException {
    String name = adaptive ? preset + "-adaptive" : preset;
    try (BenchPair pair = BenchPair.startAlone(name, settings())) {
      try (LoadReplay replay = new LoadReplay(load, pair.aloneFront())) {
        replay.populate();
      }
      if (isProtected()) {
        pair.protect();
      }
      try (LoadReplay replay =
          new LoadReplay(load, isProtected() ? pair.protectedFront() : pair.aloneFront())) {
        return measure(pair, replay);
      }
    }
  }

  private PresetResult measure(BenchPair pair, LoadReplay replay)
      throws IOException, InterruptedException {
    NodeStatus before = BenchPair.freshStatus(pair.primary());
    NodeStatus backupBefore = backupStatus(pair);
    PresetResult.Cpu cpuBefore = cpu(pair);
    Histogram client = replay.paced(options.perSecond()).copy();
    PresetResult.Cpu cpu = minus(cpu(pair), cpuBefore);
    NodeStatus after = BenchPair.freshStatus(pair.primary());
    NodeStatus backupAfter = backupStatus(pair);
    double rate = fullSpeed(replay);
    NodeStatus end = BenchPair.freshStatus(pair.primary());
    PresetResult.Memory memory = memory(end, backupStatus(pair));
    Double typeOneMs = isProtected() ? killUnderLoad(pair, replay) : null;
    NodeStatus.Replication was = before.replication();
    NodeStatus.Replication is = after.replication();
    return new PresetResult(
        preset,
        epoch(),
        load.operations().length,
        replay.errors(),
        after.latency().pauseUs(),
        after.latency().commitUs(),
        after.latency().addedUs(),
        percentiles(client),
        null,
        rate,
        is.epochs() - was.epochs(),
        is.initialCopyBytes(),
        is.wireBytes() - was.wireBytes(),
        difference(is.wireBytesByClass(), was.wireBytesByClass()),
        is.dirtyPageBytes() - was.dirtyPageBytes(),
        backupAfter.replication().inputBytes() - backupBefore.replication().inputBytes(),
        cpu,
        typeOneMs,
        memory,
        CpuClock.loadAverage());
  }

  /** The backup's status; the primary's where there is none, so that its differences are zero. */
  private NodeStatus backupStatus(BenchPair pair) throws IOException, InterruptedException {
    return BenchPair.freshStatus(isProtected() ? pair.backup() : pair.primary());
  }

  private double fullSpeed(LoadReplay replay) throws IOException {
    long lengthNs = options.durationNs() / 2;
    long startNs = System.nanoTime();
    long count = replay.saturated(options.pipeline(), until(startNs + lengthNs));
    return count * 1e9 / lengthNs;
  }

  private static BooleanSupplier until(long endNs) {
    return () -> System.nanoTime() - endNs >= 0;
  }

  private double killUnderLoad(BenchPair pair, LoadReplay replay)
      throws IOException, InterruptedException {
    long killNs = System.nanoTime() + KILL_AFTER_NS;
    // More than was in flight: some of these answers can only be the survivor's.
    long inFlight = (long) options.pipeline() * load.connections();
    long[] killed = new long[2];
    replay.saturated(
        options.pipeline(),
        () -> {
          if (killed[0] == 0 && System.nanoTime() - killNs >= 0) {
            killed[0] = pair.primary().kill();
            killed[1] = replay.answered();
          }
          return killed[0] != 0 && replay.answered() > killed[1] + inFlight;
        });
    List<NodeStatus.Takeover> takeovers = BenchPair.freshStatus(pair.backup()).takeovers();
    if (takeovers.isEmpty() || takeovers.getFirst().firstAnswerAtUs() == 0) {
      throw new UserError(ExitCode.FAILED, "the backup answers but tells of no takeover");
    }
    return (takeovers.getFirst().firstAnswerAtUs() - killed[0]) / 1_000.0;
  }

  private PresetResult.Cpu cpu(BenchPair pair) {
    return new PresetResult.Cpu(
        CpuClock.seconds(pair.primary().pid()),
        isProtected() ? CpuClock.seconds(pair.backup().pid()) : 0,
        CpuClock.seconds(ProcessHandle.current().pid()));
  }

  private static PresetResult.Cpu minus(PresetResult.Cpu a, PresetResult.Cpu b) {
    return new PresetResult.Cpu(
        a.primary() - b.primary(), a.backup() - b.backup(), a.client() - b.client());
  }

  private PresetResult.Memory memory(NodeStatus primary, NodeStatus backup) {
    NodeStatus.Memory held = isProtected() ? backup.memory() : NodeStatus.Memory.NONE;
    return new PresetResult.Memory(
        primary.memory().guestBytes(),
        primary.memory().shadowBytes(),
        primary.memory().stagingPeakBytes(),
        held.guestBytes(),
        held.stagingPeakBytes(),
        held.inputLogPeakBytes());
  }

  private static NodeStatus.Percentiles percentiles(Histogram ns) {
    return new NodeStatus.Percentiles(
        ns.getTotalCount(),
        ns.getValueAtPercentile(50) / 1_000.0,
        ns.getValueAtPercentile(99) / 1_000.0,
        ns.getMaxValue() / 1_000.0);
  }

  private static Map<String, Long> difference(Map<String, Long> is, Map<String, Long> was) {
    Map<String, Long> difference = new HashMap<>();
    is.forEach((key, bytes) -> difference.put(key, bytes - was.getOrDefault(key, 0L)));
    return difference;
  }
}
