package org.understudy.failover.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.understudy.lab.vm.ChaosGuest;
import org.understudy.lab.vm.ChaosPair;
import org.understudy.node.config.Units;
import org.understudy.node.program.ExitCode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Does everything to a pair with a virtual machine that may happen to it; see docs/chaos.md. */
@Command(
    name = "build/chaos --vm",
    mixinStandardHelpOptions = true,
    description = "Faults of all kinds, at random instants, on a protected virtual machine.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing lost, doubled, reordered or broken, and protected again after each fault",
      "1:a violation",
      "2:usage",
      "3:this machine lacks something"
    })
public final class VmChaosMain implements Callable<Integer> {
  @Option(names = "--vm", hidden = true)
  private boolean vm;

  @Option(names = "--rounds", defaultValue = "28", description = "Faults; default: 28.")
  private int rounds;

  @Option(names = "--chain", defaultValue = "14", description = "Faults per guest; default: 14.")
  private int chainLength;

  @Option(names = "--seed", description = "Of plan and load; default: a random one, printed.")
  private Long seed;

  @Option(names = "--only-chain", description = "Run only this chain of the plan, from 1.")
  private Integer onlyChain;

  @Option(
      names = "--faults",
      split = ",",
      description = "Kinds, of: ${COMPLETION-CANDIDATES}; default: all.")
  private List<VmFault> faults = new ArrayList<>(Arrays.asList(VmFault.values()));

  @Option(
      names = "--guest",
      defaultValue = "small",
      description = "small: the demo's; full: a whole Debian with PostgreSQL. Default: small.")
  private ChaosGuest guest;

  @Option(names = "--memory", description = "RAM; default: 256MiB, for the full guest 1GiB.")
  private String memory;

  @Option(names = "--connections", defaultValue = "20", description = "Clients; default: 20.")
  private int connections;

  @Option(
      names = "--rate",
      defaultValue = "200",
      description = "Operations per second; default: 200.")
  private int rate;

  @Mixin private StagedRun stage;

  private VmChaosMain() {}

  /** Runs the command. */
  public static void main(String[] args) {
    VmChaosMain command = new VmChaosMain();
    command.arguments = List.of(args);
    System.exit(new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  private List<String> arguments;

  @Override
  public Integer call() throws IOException, InterruptedException {
    return stage.either(this::outside, this::inside);
  }

  private int outside() throws IOException, InterruptedException {
    List<String> inner = new ArrayList<>(arguments);
    if (seed == null) {
      inner.addAll(List.of("--seed", Long.toString(System.nanoTime() & 0xFFFFFF)));
    }
    return ChaosPair.stage(
        VmChaosMain.class.getName(),
        guest,
        memoryBytes(),
        inner,
        line -> System.err.println("chaos: " + line));
  }

  private long memoryBytes() {
    return Units.parseSize("--memory", memory == null ? guest.memory() : memory);
  }

  private int inside() throws IOException, InterruptedException {
    System.out.printf("seed %d, %d rounds, files in %s%n", seed, rounds, stage.files);
    List<VmRound> plan = VmRound.plan(faults, rounds, seed);
    boolean isOk = true;
    for (int from = 0, chain = 1; from < rounds; from += chainLength, chain++) {
      if (onlyChain == null || onlyChain == chain) {
        isOk &= run(chain, plan.subList(from, Math.min(rounds, from + chainLength)));
      }
    }
    System.out.println(isOk ? "ok" : "FAILED");
    return isOk ? ExitCode.OK : ExitCode.FAILED;
  }

  private boolean run(int chain, List<VmRound> plan) throws IOException, InterruptedException {
    System.out.printf("chain %d: %d faults%n", chain, plan.size());
    Path own = Files.createDirectories(stage.files.resolve("chain-" + chain));
    List<String> failures;
    try (ChaosPair pair = new ChaosPair(stage.files, own, stage.owner, options(chain))) {
      failures = new VmChain(pair, plan, System.out::println).run(own);
    }
    failures.forEach(failure -> System.out.println("FAILED: " + failure));
    if (!failures.isEmpty()) {
      System.out.printf(
          "replay: --seed %d --only-chain %d and the same other options%n", seed, chain);
    }
    System.out.flush();
    return failures.isEmpty();
  }

  private ChaosPair.Options options(int chain) {
    return new ChaosPair.Options(
        guest, memoryBytes(), seed + chain, connections, rate, false, stage.settings);
  }
}
