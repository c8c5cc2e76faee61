package org.understudy.lab.bench.serve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.understudy.lab.pair.PairLayout;
import org.understudy.lab.pair.PairLayout.Place;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;
import org.understudy.node.status.NodeState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A protected pair under load, left alone and visited by strangers, in turns. */
@Command(
    name = "strangers",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs redis-benchmark against a protected pair, in turns left alone and while somebody"
          + " without a key visits the ports between its nodes; prints both rates, and what memory"
          + " both nodes took before and after."
    })
public final class BenchStrangersCommand implements Callable<Integer> {
  @Option(
      names = "--runs",
      defaultValue = "5",
      description = "Counted runs of each (default: ${DEFAULT-VALUE}).")
  private int runs;

  @Option(
      names = "--requests",
      defaultValue = "500000",
      description = "Requests per command and run (default: ${DEFAULT-VALUE}).")
  private int requests;

  @Option(
      names = "--per-second",
      defaultValue = "1000",
      description = "Connections and datagrams of strangers (default: ${DEFAULT-VALUE}).")
  private int perSecond;

  @Option(names = "--seed", description = "Of what strangers say; default: a fresh one.")
  private long seed = ThreadLocalRandom.current().nextLong(1L << 40);

  @Mixin private PairOptions pairOptions;

  @Override
  public Integer call() throws Exception {
    if (runs < 1 || requests < 1 || perSecond < 1) {
      throw new UserError(
          ExitCode.USAGE,
          "--runs %d, --requests %d and --per-second %d must be 1 or more"
              .formatted(runs, requests, perSecond));
    }
    Program.require("redis-benchmark", "redis-tools");
    System.err.println("bench: seed " + seed);
    try (BenchPair pair = BenchPair.startAlone("strangers", pairOptions.settings())) {
      pair.protect();
      measure(pair);
    }
    return ExitCode.OK;
  }

  private void measure(BenchPair pair) throws IOException, InterruptedException {
    ThroughputResult alone = new ThroughputResult("left alone");
    ThroughputResult visited = new ThroughputResult("visited");
    run(pair, new ThroughputResult("warm-up"), null);
    final long before = residentKib(pair);
    PairLayout layout = pair.layout();
    try (Strangers strangers =
        new Strangers(
            List.of(layout.monitor(Place.A), layout.monitor(Place.B)),
            List.of(layout.replication(Place.A), layout.replication(Place.B)),
            seed)) {
      for (int i = 1; i <= runs; i++) {
        System.err.println("bench: run " + i + " of " + runs);
        run(pair, alone, null);
        run(pair, visited, strangers);
      }
      requireProtected(pair);
      print(alone, visited, strangers.connections(), before, residentKib(pair));
    }
  }

  private void run(BenchPair pair, ThroughputResult result, Strangers strangers)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(ThroughputBench.command(requests));
    command.addAll(List.of("-p", Integer.toString(pair.protectedFront().getPort())));
    Process load = new ProcessBuilder(command).redirectErrorStream(true).start();
    long startNs = System.nanoTime();
    long visits = 0;
    while (!load.waitFor(1, TimeUnit.MILLISECONDS)) {
      long due = (System.nanoTime() - startNs) * perSecond / TimeUnit.SECONDS.toNanos(1);
      for (; strangers != null && visits < due; visits++) {
        strangers.visit();
      }
      if (Shutdown.requested()) {
        load.destroy();
        throw new UserError(ExitCode.INTERRUPTED, "interrupted");
      }
    }
    byte[] output = load.getInputStream().readAllBytes();
    ThroughputBench.parse(new String(output, StandardCharsets.UTF_8), result);
  }

  private static void requireProtected(BenchPair pair) throws IOException, InterruptedException {
    NodeState state = BenchPair.freshStatus(pair.primary()).state();
    if (state != NodeState.PROTECTED) {
      throw new UserError(ExitCode.FAILED, "strangers cost the pair its protection: " + state);
    }
  }

  private static long residentKib(BenchPair pair) throws IOException {
    long sum = 0;
    for (long pid : List.of(pair.primary().pid(), pair.backup().pid())) {
      for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
        if (line.startsWith("VmRSS:")) {
          sum += Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
    }
    return sum;
  }

  private static void print(
      ThroughputResult alone,
      ThroughputResult visited,
      long connections,
      long beforeKib,
      long afterKib) {
    System.out.printf(
        Locale.ROOT,
        "%d runs in turns, medians (quartiles); %,d connections and datagrams of strangers; load"
            + " average %.1f%n%n| | left alone | visited | ratio |%n|---|---|---|---|%n",
        alone.rates.get("SET").count(),
        connections,
        CpuClock.loadAverage());
    for (String command : ThroughputResult.COMMANDS) {
      Samples one = alone.rates.get(command);
      Samples other = visited.rates.get(command);
      System.out.printf(
          Locale.ROOT,
          "| %s/s | %s | %s | %.2f |%n",
          command,
          SealReport.spread(one),
          SealReport.spread(other),
          other.median() / one.median());
    }
    System.out.printf(
        Locale.ROOT,
        "| memory of both nodes, MiB | %d | %d | |%n",
        beforeKib >> 10,
        afterKib >> 10);
  }
}
