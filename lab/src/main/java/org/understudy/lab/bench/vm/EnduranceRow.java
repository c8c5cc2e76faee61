package org.understudy.lab.bench.vm;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.understudy.lab.bench.serve.BenchPair;
import org.understudy.lab.vm.BenchMachine;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;

/** What QEMU and both nodes hold after a quarter of many epochs, and after all of them. */
final class EnduranceRow {
  private static final long EPOCH_NS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final int HTTP_CLIENTS = 2;

  /** An epoch may take this many times longer than planned. */
  private static final int PATIENCE = 20;

  private static final int PAGES_PER_SECOND = 2_000;

  private EnduranceRow() {}

  static VmTable measure(VmBench bench) throws IOException, InterruptedException {
    int all = bench.options().epochs();
    VmTable table =
        new VmTable(
            "endurance",
            "fixed epochs of 10 ms; web clients, " + PAGES_PER_SECOND + " pages/s written");
    try (BenchMachine machine =
        bench.boot(
            "endurance",
            bench.options().memoryBytes(),
            VmBench.UNDERSTUDY,
            VmBench.fixed(EPOCH_NS),
            List.of("us.dirty=" + PAGES_PER_SECOND))) {
      bench.protect(machine);
      BenchMachine.Clients clients = BenchMachine.clients(HTTP_CLIENTS);
      try {
        long start = epochs(machine);
        long first = await(bench, machine, start, all / 4);
        Map<String, ProcessCounts> before = counts(machine);
        long last = await(bench, machine, start, all);
        Map<String, ProcessCounts> after = counts(machine);
        before.forEach((name, was) -> add(table.line(name), was, after.get(name), first, last));
      } finally {
        clients.close();
      }
    }
    return table;
  }

  /** Waits for this many epochs since the beginning; how many there are then. */
  private static long await(VmBench bench, BenchMachine machine, long start, int wanted)
      throws IOException, InterruptedException {
    bench.say("until epoch " + wanted);
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1) + PATIENCE * EPOCH_NS * wanted;
    for (long done = 0; done < wanted; done = epochs(machine) - start) {
      if (System.nanoTime() > deadline) {
        throw new UserError(ExitCode.FAILED, "only " + done + " of " + wanted + " epochs");
      }
      VmBench.await(100);
      machine.requireProtected();
    }
    return epochs(machine) - start;
  }

  private static long epochs(BenchMachine machine) throws IOException, InterruptedException {
    return BenchPair.freshStatus(machine.primary()).replication().epochs();
  }

  private static Map<String, ProcessCounts> counts(BenchMachine machine) throws IOException {
    Map<String, ProcessCounts> counts = new LinkedHashMap<>();
    counts.put("QEMU", ProcessCounts.of(ProcessCounts.qemu(machine.primary())));
    counts.put("primary", ProcessCounts.of(machine.primary().pid()));
    counts.put("backup", ProcessCounts.of(machine.backup().pid()));
    counts.put("QEMU of the backup", ProcessCounts.of(ProcessCounts.qemu(machine.backup())));
    return counts;
  }

  private static void add(
      Map<String, Object> line, ProcessCounts was, ProcessCounts is, long first, long last) {
    line.put("fromEpoch", first);
    line.put("toEpoch", last);
    line.put("threads", was.threads());
    line.put("threadsThen", is.threads());
    line.put("descriptors", was.descriptors());
    line.put("descriptorsThen", is.descriptors());
    line.put("residentKib", was.residentBytes() / 1024);
    line.put("residentKibThen", is.residentBytes() / 1024);
    // The guest's own pages are in the first of the two.
    line.put("bytesPerEpoch", growth(was.residentBytes(), is.residentBytes(), last - first));
    line.put("ownBytesPerEpoch", growth(was.ownBytes(), is.ownBytes(), last - first));
  }

  private static double growth(long was, long is, long epochs) {
    return VmWindow.over(is - was, epochs);
  }
}
