package org.understudy.lab.bench.serve;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.understudy.lab.pair.PairSettings;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the seal costs: a sealed pair and one in the clear under the same load, in turns. */
@Command(
    name = "seal",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs redis-benchmark, then one client that waits for each reply, in turns against a pair"
          + " whose wire is sealed and one in the clear; prints medians, quartiles and ratios."
    })
public final class BenchSealCommand implements Callable<Integer> {
  private static final int WARM_UP_TURNS = 3;

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
      names = "--round-trips",
      defaultValue = "2000",
      description = "Waited-for replies per command and turn (default: ${DEFAULT-VALUE}).")
  private int roundTrips;

  @Mixin private PairOptions pairOptions;

  @Option(names = "--json", description = "Print JSON alone.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (runs < 1 || requests < 1 || roundTrips < 1) {
      throw new UserError(
          ExitCode.USAGE,
          "--runs %d, --requests %d and --round-trips %d must be 1 or more"
              .formatted(runs, requests, roundTrips));
    }
    Program.require("redis-benchmark", "redis-tools");
    PairSettings sealedSettings = pairOptions.settings("wire.sealed = true");
    PairSettings clearSettings = pairOptions.settings("wire.sealed = false");
    try (Contender sealed = Contender.protectedPair(SealReport.SEALED, sealedSettings);
        Contender clear = Contender.protectedPair(SealReport.CLEAR, clearSettings)) {
      List<ThroughputResult> rates =
          new ThroughputBench(requests)
              .run(List.of(sealed, clear), runs, line -> System.err.println("bench: " + line));
      LatencyResult.Service waitedSealed = new LatencyResult.Service();
      LatencyResult.Service waitedClear = new LatencyResult.Service();
      waitFor(sealed, waitedSealed, clear, waitedClear);
      SealReport report =
          new SealReport(rates.get(0), rates.get(1), waitedSealed, waitedClear, runs);
      System.out.println(json ? report.json() : report.table());
    }
    return ExitCode.OK;
  }

  private void waitFor(
      Contender sealed,
      LatencyResult.Service ofSealed,
      Contender clear,
      LatencyResult.Service ofClear)
      throws IOException {
    System.err.println("bench: one client that waits, " + runs + " turns");
    try (LatencyClient one = new LatencyClient(sealed.address());
        LatencyClient other = new LatencyClient(clear.address())) {
      for (int i = -WARM_UP_TURNS; i < runs; i++) {
        (i < 0 ? new LatencyResult.Service() : ofSealed).turn(one, roundTrips);
        (i < 0 ? new LatencyResult.Service() : ofClear).turn(other, roundTrips);
      }
    }
  }
}
