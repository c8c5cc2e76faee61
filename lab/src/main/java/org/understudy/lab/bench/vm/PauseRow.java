package org.understudy.lab.bench.vm;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.understudy.lab.vm.BenchMachine;
import org.understudy.node.config.Units;
import org.understudy.node.status.NodeStatus;

/** The pause: of an idle guest, of one that writes, and of a large one. */
final class PauseRow {
  private PauseRow() {}

  static VmTable measure(VmBench bench) throws IOException, InterruptedException {
    VmBenchOptions options = bench.options();
    VmTable table = new VmTable("pause", "fixed epochs of " + Units.duration(options.epochNs()));
    double idle = add(bench, table, "idle", options.memoryBytes(), List.of());
    List<String> writes = List.of(options.dirtyOrder(), options.dirtyWindowOrder());
    add(bench, table, "dirty", options.memoryBytes(), writes);
    double large = add(bench, table, "idle-large", options.largeBytes(), List.of());
    table.line("large / idle").put("pauseP50Us", VmWindow.over(large, idle));
    return table;
  }

  /** Adds a line; returns the median. */
  private static double add(
      VmBench bench, VmTable table, String name, long memoryBytes, List<String> orders)
      throws IOException, InterruptedException {
    List<String> epochs = VmBench.fixed(bench.options().epochNs());
    try (BenchMachine machine =
        bench.boot("pause-" + name, memoryBytes, VmBench.UNDERSTUDY, epochs, orders)) {
      bench.protect(machine);
      bench.warmUp();
      VmWindow window = bench.during(machine, () -> bench.passTime(name));
      NodeStatus.Percentiles pauseUs = window.after().latency().pauseUs();
      Map<String, Object> line = table.line(name);
      line.put("ram", Units.roughSize(memoryBytes));
      line.put("epochs", window.epochs());
      line.put("epochMs", window.epochMs());
      line.put("pagesPerEpoch", window.pagesPerEpoch());
      // Since protection began, which includes the initial copy's one pause.
      line.put("pauseP50Us", pauseUs.p50());
      line.put("pauseP99Us", pauseUs.p99());
      line.put("pauseMeanUs", window.meanPauseUs());
      line.put("pausePartsUs", window.pausePartsUs());
      line.put("commitP50Us", window.after().latency().commitUs().p50());
      return pauseUs.p50();
    }
  }
}
