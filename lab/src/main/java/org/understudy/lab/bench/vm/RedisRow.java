package org.understudy.lab.bench.vm;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.understudy.lab.vm.BenchMachine;
import org.understudy.node.config.Units;

/** Throughput of redis in the guest, without and with protection, in one boot each. */
final class RedisRow {
  private static final int OUTSTANDING = RedisBenchmark.PIPELINE * RedisBenchmark.CONNECTIONS;

  private RedisRow() {}

  static VmTable measure(VmBench bench) throws IOException, InterruptedException {
    RedisBenchmark load = new RedisBenchmark(bench.options().keys());
    VmTable table = new VmTable("redis", String.join(" ", load.command()));
    long epochNs = bench.options().epochNs();
    add(bench, load, table, "adaptive", VmBench.adaptive(), 0);
    add(bench, load, table, Units.duration(epochNs), VmBench.fixed(epochNs), epochNs);
    return table;
  }

  private static void add(
      VmBench bench,
      RedisBenchmark load,
      VmTable table,
      String epoch,
      List<String> epochs,
      long epochNs)
      throws IOException, InterruptedException {
    VmBenchOptions options = bench.options();
    try (BenchMachine machine =
        bench.boot(
            "redis-" + epoch, options.memoryBytes(), VmBench.UNDERSTUDY, epochs, List.of())) {
      bench.say("unprotected, " + options.seconds() + " s");
      RedisRates before = load.measure(options.seconds());
      rates(table.line("unprotected"), before);
      bench.protect(machine);
      if (options.warmUpSeconds() > 0) {
        bench.say("warms up, " + options.warmUpSeconds() + " s");
        load.measure(options.warmUpSeconds());
      }
      bench.say("protected, epochs " + epoch + ", " + options.seconds() + " s");
      RedisRates[] measured = new RedisRates[1];
      VmWindow window = bench.during(machine, () -> measured[0] = load.measure(options.seconds()));
      Map<String, Object> line = table.line("protected, " + epoch);
      bench.unprotect(machine);
      bench.say("unprotected again, " + options.seconds() + " s");
      RedisRates after = load.measure(options.seconds());
      rates(table.line("unprotected again"), after);
      // The mean of before and after: a machine may change its speed meanwhile.
      RedisRates alone = before.and(after);
      rates(line, measured[0]);
      line.put("ratio", measured[0].over(alone));
      line.put("ratioOverall", measured[0].overall() / alone.overall());
      double commitUs = window.after().latency().commitUs().p50();
      if (epochNs > 0) {
        double bound = RedisRates.bound(OUTSTANDING, epochNs / 1e3, commitUs);
        line.put("bound", bound);
        line.put("ofBound", measured[0].overall() / Math.min(bound, alone.overall()));
      }
      // What this many outstanding requests can reach with the epochs as they were.
      line.put(
          "boundOfMeasuredEpochs", RedisRates.bound(OUTSTANDING, 1e3 * window.epochMs(), commitUs));
      window(line, window, commitUs);
    }
  }

  private static void window(Map<String, Object> line, VmWindow window, double commitUs) {
    line.put("epochMs", window.epochMs());
    line.put("pagesPerEpoch", window.pagesPerEpoch());
    line.put("commitP50Us", commitUs);
    line.put("pauseP50Us", window.after().latency().pauseUs().p50());
    line.put("pausePartsUs", window.pausePartsUs());
    line.put("pausePercent", window.pausePercent());
    line.put("primaryCpuPercent", window.primaryCpuPercent());
    line.put("backupCpuPercent", window.backupCpuPercent());
  }

  private static void rates(Map<String, Object> line, RedisRates rates) {
    rates.perSecond().forEach((name, rate) -> line.put(name, rate));
    line.put("overall", rates.overall());
  }
}
