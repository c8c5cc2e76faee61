package org.understudy.lab.vm;

import java.io.PrintStream;
import java.util.Locale;
import org.understudy.lab.demo.DemoText;
import org.understudy.node.config.Units;

/** The result for people. */
final class VmText {
  private final PrintStream out;
  private final VmResult result;

  private VmText(PrintStream out, VmResult result) {
    this.out = out;
    this.result = result;
  }

  static void print(PrintStream out, VmResult result) {
    DemoText.measurements(out, result.base);
    VmText text = new VmText(out, result);
    text.guest();
    text.kills();
    text.verdict();
  }

  private void line(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }

  private void guest() {
    line("Guest: %s, %s of RAM", result.accelerator, Units.roughSize(result.ramBytes));
    result.pausePartsUs().forEach((part, us) -> line("  pause, %-10s %8.0f us", part, us));
    if (result.hasDisk) {
      line(
          "  disk: %d records, a client was told of %d; %d writes committed, %d discarded",
          result.disk.last() + 1,
          result.lastRecordTold + 1,
          result.diskWritesCommitted,
          result.diskWritesDiscarded);
    }
    if (result.base.verifiedEpochs > 0) {
      line(
          "  RAM and image compared at %d epochs, %d differ",
          result.base.verifiedEpochs, result.base.verifyMismatches.size());
    }
    out.println();
  }

  private void kills() {
    line(
        "  %-10s %16s %18s %16s",
        "kill at", "client stalled", "claim to running", "retransmissions");
    for (KillResult kill : result.kills) {
      line(
          "  %7.1f s  %13.1f ms %15.1f ms %16d",
          kill.atMs() / 1000,
          kill.clientStallMs(),
          kill.claimToRunningMs(),
          kill.retransmissions());
    }
    out.println();
  }

  private void verdict() {
    result.base.verdict.findings().forEach(out::println);
    result.probe.findings().forEach(out::println);
    result.nginx.findings().forEach(out::println);
    result.disk.findings().forEach(out::println);
    line(
        "redis: %d operations acknowledged, %d connections broken",
        result.base.acknowledged + result.probe.operations(),
        result.base.brokenConnections + result.probe.broken());
    line(
        "nginx: %d operations acknowledged, %d connections broken",
        result.nginx.operations(), result.nginx.broken());
    if (result.wrk == null) {
      line("wrk on nginx: not run (Debian's package wrk)");
    } else {
      line(
          "wrk on nginx: %d requests answered, %d errors, %d timed out",
          result.wrk.requests(), result.wrk.errors(), result.wrk.timeouts());
    }
    line("guest: boot id %s, then %s", result.bootIdBefore, result.bootIdAfter);
    result.base.failures.forEach(failure -> line("FAILED: %s", failure));
    line(
        result.base.isOk()
            ? "verdict: ok, no reply lost, doubled or out of order, every connection lasted"
            : "verdict: failed");
  }
}
