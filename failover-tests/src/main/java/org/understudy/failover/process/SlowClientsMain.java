package org.understudy.failover.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.understudy.node.config.Units;
import org.understudy.node.program.ExitCode;
import org.understudy.node.run.Leftovers;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Two kills beside clients that ask for much and read nothing; see docs/chaos.md. */
@Command(
    name = "build/chaos --slow-clients",
    mixinStandardHelpOptions = true,
    description = {
      "Kills the primary, waits until the pair is protected again and kills its successor, while many"
          + " clients do not read what they asked for."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all others were answered in time, and no node had more memory than it had printed",
      "1:that did not hold",
      "2:usage"
    })
public final class SlowClientsMain implements Callable<Integer> {
  @Option(names = "--slow-clients", hidden = true)
  private boolean slowClients;

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "500",
      description = "Clients that do not read, before each kill; default: ${DEFAULT-VALUE}.")
  private int clients;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "1",
      description = "Pairs, two kills each; default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--within",
      paramLabel = "MS",
      defaultValue = "1000",
      description = "Every other client is answered so soon; default: ${DEFAULT-VALUE}.")
  private long withinMs;

  @Option(
      names = "--value",
      paramLabel = "SIZE",
      defaultValue = "6MiB",
      description = {
        "Length of each answer that is not read; default: ${DEFAULT-VALUE}.",
        "One of 4 MiB fits into the kernel's buffers, and nothing waits."
      })
  private String value;

  @Option(
      names = "--at-once",
      description = "Do not wait until all of them were answered: a takeover answers them again.")
  private boolean atOnce;

  @Option(names = "--memory", defaultValue = "64MiB", description = "Protected memory.")
  private String memory;

  @Option(
      names = "--fill",
      paramLabel = "SIZE",
      defaultValue = "0",
      description = "Stored first, in values that do not compress; default: none.")
  private String fill;

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting of both nodes.")
  private List<String> settings = new ArrayList<>();

  private SlowClientsMain() {}

  /** Runs the command. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new SlowClientsMain()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path parent = Files.createTempDirectory("understudy-slow");
    List<SlowClientsRound> made = new ArrayList<>();
    for (int number = 1; number <= rounds; number++) {
      SlowClientsRound round =
          new SlowClientsRound(
              clients,
              (int) Units.parseSize("--value", value),
              withinMs,
              Units.parseSize("--memory", memory),
              Units.parseSize("--fill", fill),
              number,
              atOnce,
              settings);
      round.run(parent.resolve("round-" + number));
      System.out.printf("round %d of %d%n%s", number, rounds, round.describe());
      System.out.flush();
      made.add(round);
    }
    boolean isOk = made.stream().allMatch(round -> round.failures.isEmpty());
    System.out.println("verdict: " + (isOk ? "ok" : "failed; logs: " + parent));
    if (isOk) {
      Leftovers.deleteTree(parent);
    }
    return isOk ? ExitCode.OK : ExitCode.FAILED;
  }
}
