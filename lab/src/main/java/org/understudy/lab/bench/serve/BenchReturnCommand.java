package org.understudy.lab.bench.serve;

import java.util.concurrent.Callable;
import org.understudy.lab.pair.PairSettings;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The way back to protected after a SIGKILL, with kept memory and without it, in turns. */
@Command(
    name = "return",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Fills three quarters of a service's memory, kills the primary again and again, changes some keys at the survivor, and starts the dead node"
          + " as its backup: prints how long that takes and what is sent, where memory is kept and"
          + " where it is not, in turns."
    })
public final class BenchReturnCommand implements Callable<Integer> {
  @Option(
      names = "--rounds",
      defaultValue = "5",
      description = "Deaths with each (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--changed",
      paramLabel = "PERCENT",
      defaultValue = "5",
      description = "Keys that change while the node is away (default: ${DEFAULT-VALUE}).")
  private int changedPercent;

  @Mixin private PairOptions pairOptions;

  @Option(names = "--json", description = "Print JSON alone.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (rounds < 1 || changedPercent < 0 || changedPercent > 100) {
      throw new UserError(
          ExitCode.USAGE,
          "--rounds "
              + rounds
              + " must be 1 or more, and --changed "
              + changedPercent
              + " 0 to 100 percent");
    }
    ReturnResult result = new ReturnResult(pairOptions.settings().memoryBytes(), changedPercent);
    for (int i = 1; i <= rounds; i++) {
      turn("kept", true, result.kept);
      turn("unkept", false, result.unkept);
      if (!json) {
        System.err.println("round " + i + " of " + rounds);
      }
    }
    System.out.println(json ? result.json() : result.table());
    return ExitCode.OK;
  }

  /** A pair of its own: another one beside it would want the processors. */
  private void turn(String name, boolean keeps, ReturnResult.Mode mode) throws Exception {
    PairSettings pair = pairOptions.settings("guest.keepMemory=" + keeps);
    try (ReturnBench bench = ReturnBench.start(name, pair)) {
      bench.dieAndReturn(changedPercent, mode);
    }
  }
}
