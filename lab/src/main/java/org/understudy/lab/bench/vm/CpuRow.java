package org.understudy.lab.bench.vm;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.understudy.lab.vm.BenchMachine;
import org.understudy.node.config.Units;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;

/** A computation in the guest by the host's clock, without and with protection. */
final class CpuRow {
  private static final long READ_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);

  private CpuRow() {}

  static VmTable measure(VmBench bench) throws IOException, InterruptedException {
    VmTable table = new VmTable("cpu", "an endless computation in the guest, by the host's clock");
    long epochNs = bench.options().epochNs();
    add(bench, table, "adaptive", VmBench.adaptive());
    add(bench, table, Units.duration(epochNs), VmBench.fixed(epochNs));
    return table;
  }

  private static void add(VmBench bench, VmTable table, String epoch, List<String> epochs)
      throws IOException, InterruptedException {
    try (BenchMachine machine =
        bench.boot(
            "cpu-" + epoch,
            bench.options().memoryBytes(),
            VmBench.UNDERSTUDY,
            epochs,
            List.of("us.cpu=1"))) {
      long qemu = ProcessCounts.qemu(machine.primary());
      CpuSample before = sample(bench, qemu, "unprotected");
      speed(table.line("unprotected"), before);
      bench.protect(machine);
      bench.warmUp();
      CpuSample[] sample = new CpuSample[1];
      VmWindow window =
          bench.during(
              machine, () -> sample[0] = sample(bench, qemu, "protected, epochs " + epoch));
      Map<String, Object> line = table.line("protected, " + epoch);
      bench.unprotect(machine);
      CpuSample after = sample(bench, qemu, "unprotected again");
      speed(table.line("unprotected again"), after);
      // The mean of before and after: a machine may change its speed meanwhile.
      CpuSample alone = before.and(after);
      speed(line, sample[0]);
      double pausePercent = window.pausePercent();
      line.put("overheadPercent", sample[0].overheadPercent(alone));
      line.put("pausePercent", pausePercent);
      line.put("coreTakenPercent", sample[0].waitPercent() - alone.waitPercent());
      line.put("restPercent", sample[0].restPercent(alone, pausePercent));
      line.put("primaryCpuPercent", window.primaryCpuPercent());
      line.put("backupCpuPercent", window.backupCpuPercent());
      line.put("epochMs", window.epochMs());
      line.put("pagesPerEpoch", window.pagesPerEpoch());
      line.put("pauseP50Us", window.after().latency().pauseUs().p50());
    }
  }

  private static void speed(Map<String, Object> line, CpuSample sample) {
    line.put("unitsPerSecond", sample.unitsPerSecond());
    line.put("waitPercent", sample.waitPercent());
  }

  /**
   * A count of the units.
   *
   * @param atNs when it was asked for: the answer may wait for a commit, the guest does not
   */
  private record Count(long units, long atNs) {}

  private static CpuSample sample(VmBench bench, long qemu, String what)
      throws IOException, InterruptedException {
    Count from = count();
    VcpuTimes before = VcpuTimes.of(qemu);
    bench.passTime(what);
    VcpuTimes.Times vcpu = VcpuTimes.of(qemu).busiestSince(before);
    Count to = count();
    return new CpuSample(to.units() - from.units(), to.atNs() - from.atNs(), vcpu);
  }

  /** The file is empty for a moment whenever it is written. */
  private static Count count() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + READ_TIMEOUT_NS;
    while (System.nanoTime() < deadline) {
      long atNs = System.nanoTime();
      String units = BenchMachine.page("/cpu");
      if (units.matches("\\d{1,18}")) {
        return new Count(Long.parseLong(units), atNs);
      }
      VmBench.await(5);
    }
    throw new UserError(ExitCode.FAILED, "the guest does not compute");
  }
}
