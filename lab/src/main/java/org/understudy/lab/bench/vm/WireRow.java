package org.understudy.lab.bench.vm;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.understudy.lab.vm.BenchMachine;
import org.understudy.node.config.Units;

/** Bytes from primary to backup against whole dirty pages, of two presets under the same loads. */
final class WireRow {
  private static final int HTTP_CLIENTS = 8;

  private WireRow() {}

  static VmTable measure(VmBench bench) throws IOException, InterruptedException {
    VmTable table =
        new VmTable("wire", "fixed epochs of " + Units.duration(bench.options().epochNs()));
    for (String preset : List.of("remus", VmBench.UNDERSTUDY)) {
      loaded(bench, table, preset);
      writing(bench, table, preset);
    }
    return table;
  }

  private static BenchMachine boot(VmBench bench, String name, String preset, List<String> orders)
      throws IOException, InterruptedException {
    VmBenchOptions options = bench.options();
    return bench.boot(
        "wire-" + name + "-" + preset,
        options.memoryBytes(),
        preset,
        VmBench.fixed(options.epochNs()),
        orders);
  }

  /** Three loads from outside of one guest. */
  private static void loaded(VmBench bench, VmTable table, String preset)
      throws IOException, InterruptedException {
    try (BenchMachine machine = boot(bench, "load", preset, List.of())) {
      bench.protect(machine);
      add(table, preset, "idle", bench.during(machine, () -> bench.passTime("idle")));
      BenchMachine.Clients clients = BenchMachine.clients(HTTP_CLIENTS);
      try {
        add(table, preset, "nginx", bench.during(machine, () -> bench.passTime("nginx")));
      } finally {
        clients.close();
      }
      VmWindow[] window = new VmWindow[1];
      new RedisBenchmark(bench.options().keys())
          .during(() -> window[0] = bench.during(machine, () -> bench.passTime("redis")));
      add(table, preset, "redis", window[0]);
    }
  }

  /** A guest that writes by itself. */
  private static void writing(VmBench bench, VmTable table, String preset)
      throws IOException, InterruptedException {
    VmBenchOptions options = bench.options();
    List<String> orders = List.of(options.dirtyOrder(), options.dirtyWindowOrder());
    try (BenchMachine machine = boot(bench, "dirty", preset, orders)) {
      bench.protect(machine);
      add(table, preset, "dirty", bench.during(machine, () -> bench.passTime("dirty")));
    }
  }

  private static void add(VmTable table, String preset, String load, VmWindow window) {
    Map<String, Object> line = table.line(load + ", " + preset);
    line.put("epochs", window.epochs());
    line.put("epochMs", window.epochMs());
    line.put("pagesPerEpoch", window.pagesPerEpoch());
    line.put("dirtyBytesPerEpoch", window.dirtyBytesPerEpoch());
    line.put("wireBytesPerEpoch", window.wireBytesPerEpoch());
    line.put("wireBytesPerSecond", window.wireBytesPerSecond());
    line.put("timesFewer", window.timesFewer());
    line.put("pagesTimesFewer", window.pagesTimesFewer());
    line.put("wireBytesPerEpochByClass", window.wireBytesPerEpochByClass());
  }
}
