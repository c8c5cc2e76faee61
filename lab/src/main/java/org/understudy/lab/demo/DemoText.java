package org.understudy.lab.demo;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.understudy.lab.pair.TakeoverParts;
import org.understudy.node.config.Units;
import org.understudy.node.status.NodeStatus;

/** A demo's result for people. */
public final class DemoText {
  private final PrintStream out;
  private final DemoResult result;

  private DemoText(PrintStream out, DemoResult result) {
    this.out = out;
    this.result = result;
  }

  static void print(PrintStream out, DemoResult result) {
    measurements(out, result);
    new DemoText(out, result).verdict();
  }

  /** What was measured, without the verdict. */
  public static void measurements(PrintStream out, DemoResult result) {
    DemoText text = new DemoText(out, result);
    if (result.takeover != null) {
      text.timeline();
    }
    text.load();
    if (result.primary != null) {
      text.replication(result.primary);
    }
  }

  private void line(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }

  private void timeline() {
    NodeStatus.Takeover takeover = result.takeover;
    line("Takeover");
    line(
        "  %9.3f ms  primary %d killed with SIGKILL, %d operations in flight",
        0.0, result.killedPid, result.inFlightAtKill);
    double atMs = 0;
    String[] events = {
      "detected (" + takeover.cause() + ")",
      "claimed: generation " + takeover.generation(),
      "applied: image at epoch " + takeover.epoch(),
      "restored",
      "replayed "
          + takeover.replayedInputs()
          + " inputs, dropped "
          + Units.roughSize(takeover.droppedOutputBytes())
          + " of uncommitted output",
      "first answer"
    };
    for (int i = 0; i < events.length; i++) {
      long partUs = result.partsUs.get(TakeoverParts.NAMES.get(i));
      atMs += partUs / 1000.0;
      line("  %9.3f ms  %s (+%.3f)", atMs, events[i], partUs / 1000.0);
    }
    line("  type I downtime %.1f ms", result.totalUs() / 1000.0);
    out.println();
  }

  private void load() {
    line("Load: %d connections, seed %d", result.connections, result.seed);
    line("  %-16s %12s %10s %10s %10s", "", "operations/s", "p50 us", "p99 us", "max us");
    phase("before the kill", result.before);
    phase("during takeover", result.during);
    phase("after", result.after);
    out.println();
  }

  private void phase(String name, DemoResult.Phase phase) {
    line(
        "  %-16s %12.0f %10.0f %10.0f %10.0f",
        name, phase.perSecond, phase.p50Us, phase.p99Us, phase.maxUs);
  }

  private void replication(NodeStatus primary) {
    NodeStatus.Replication sent = primary.replication();
    line(
        "Replication: preset %s, %s epochs, tracker %s",
        result.preset, result.epochMode, primary.tracker());
    line(
        "  %d epochs, initial copy %s, pages copied on write %d",
        sent.epochs(), Units.roughSize(sent.initialCopyBytes()), sent.cowPages());
    percentiles("pause", primary.latency().pauseUs());
    percentiles("commit", primary.latency().commitUs());
    percentiles("output held", result.addedUs());
    line(
        "  dirty pages %s, on the wire %s: %.1f times fewer; inputs %s",
        Units.roughSize(sent.dirtyPageBytes()),
        Units.roughSize(sent.wireBytes()),
        sent.wireBytes() == 0 ? 0.0 : (double) sent.dirtyPageBytes() / sent.wireBytes(),
        Units.roughSize(result.inputBytes()));
    for (Map.Entry<String, Long> entry : new TreeMap<>(sent.wireBytesByClass()).entrySet()) {
      line("    %-20s %12s", entry.getKey(), Units.roughSize(entry.getValue()));
    }
    out.println();
  }

  private void percentiles(String name, NodeStatus.Percentiles values) {
    line(
        "  %-12s p50 %8.0f us, p99 %8.0f us, max %8.0f us",
        name, values.p50(), values.p99(), values.max());
  }

  private void verdict() {
    result.verdict.findings().forEach(out::println);
    if (result.verifiedEpochs > 0) {
      line(
          "Verify: region and image compared at %d epochs, %d differ",
          result.verifiedEpochs, result.verifyMismatches.size());
    }
    line(
        "Checker: %d operations sent, %d acknowledged (%d after the takeover), %d without a reply,"
            + " %d connections broken",
        result.sent,
        result.acknowledged,
        result.afterTakeover,
        result.unknown,
        result.brokenConnections);
    result.failures.forEach(failure -> line("FAILED: %s", failure));
    if (result.isOk()) {
      line("verdict: ok, no acknowledged write lost, doubled or out of order");
    } else {
      line("verdict: failed");
    }
  }
}
