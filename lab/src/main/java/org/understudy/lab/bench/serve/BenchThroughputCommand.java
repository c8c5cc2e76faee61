package org.understudy.lab.bench.serve;

import java.util.List;
import java.util.concurrent.Callable;
import org.understudy.lab.pair.PairSettings;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** redis-server, the unprotected service and a protected pair under the same redis-benchmark. */
@Command(
    name = "throughput",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs redis-benchmark in turns against redis-server, the service alone (its front in one"
          + " process) and the protected service, and prints medians and CPU per operation."
    })
public final class BenchThroughputCommand implements Callable<Integer> {
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

  @Mixin private PairOptions pairOptions;

  @Option(names = "--json", description = "Print JSON alone.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (runs < 1 || requests < 1) {
      throw new UserError(
          ExitCode.USAGE, "--runs " + runs + " and --requests " + requests + " must be 1 or more");
    }
    Program.require("redis-benchmark", "redis-tools");
    PairSettings pairSettings = pairOptions.settings();
    try (Contender redis = Contender.redis();
        Contender alone = Contender.unprotected(pairSettings);
        Contender pair = Contender.protectedPair(pairSettings)) {
      List<ThroughputResult> results =
          new ThroughputBench(requests)
              .run(List.of(redis, alone, pair), runs, line -> System.err.println("bench: " + line));
      int cores = Runtime.getRuntime().availableProcessors();
      ThroughputReport report = new ThroughputReport(results, runs, requests, cores);
      System.out.println(json ? report.json() : report.table());
    }
    return ExitCode.OK;
  }
}
