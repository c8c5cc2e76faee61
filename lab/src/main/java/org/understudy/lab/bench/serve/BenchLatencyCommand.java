package org.understudy.lab.bench.serve;

import java.util.concurrent.Callable;
import org.understudy.lab.pair.PairSettings;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Round trips of one client, unprotected and protected in turns. */
@Command(
    name = "latency",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "One client on loopback sends PING and INCR and waits for each reply, in turns to the service"
          + " alone and to the protected service; prints what protection adds."
    })
public final class BenchLatencyCommand implements Callable<Integer> {
  private static final int WARM_UP_ROUNDS = 3;

  @Option(
      names = "--rounds",
      defaultValue = "10",
      description = "Turns of each (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--round-trips",
      defaultValue = "1000",
      description = "Round trips per command and turn (default: ${DEFAULT-VALUE}).")
  private int roundTrips;

  @Mixin private PairOptions pairOptions;

  @Option(names = "--json", description = "Print JSON alone.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (rounds < 1 || roundTrips < 1) {
      throw new UserError(
          ExitCode.USAGE,
          "--rounds " + rounds + " and --round-trips " + roundTrips + " must be 1 or more");
    }
    PairSettings pairSettings = pairOptions.settings();
    LatencyResult result = new LatencyResult();
    try (Contender alone = Contender.unprotected(pairSettings);
        Contender pair = Contender.protectedPair(pairSettings);
        LatencyClient unprotected = new LatencyClient(alone.address());
        LatencyClient protectedClient = new LatencyClient(pair.address())) {
      for (int i = -WARM_UP_ROUNDS; i < rounds; i++) {
        result.unprotected.turn(unprotected, roundTrips);
        result.protectedOnes.turn(protectedClient, roundTrips);
        if (i < 0) {
          result.clear();
        }
      }
    }
    System.out.println(json ? result.json() : result.table());
    return ExitCode.OK;
  }
}
