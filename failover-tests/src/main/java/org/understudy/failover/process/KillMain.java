package org.understudy.failover.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.understudy.failover.vm.QemuMatrixMain;
import org.understudy.failover.vm.VmBootsMain;
import org.understudy.failover.vm.VmChaosMain;
import org.understudy.node.config.Units;
import org.understudy.node.run.Leftovers;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Kills primaries and backups at random instants and judges every reply; see docs/chaos.md. */
@Command(
    name = "build/chaos",
    mixinStandardHelpOptions = true,
    description = "Kills nodes of real pairs under load and judges every reply.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:nothing lost, doubled, reordered or broken", "1:a violation", "2:usage"})
public final class KillMain implements Callable<Integer> {
  @Option(names = "--primary-kills", defaultValue = "200", description = "Default: 200.")
  private int primaryKills;

  @Option(names = "--backup-kills", defaultValue = "50", description = "Default: 50.")
  private int backupKills;

  @Option(
      names = "--frozen-primaries",
      defaultValue = "0",
      description = "Primaries that SIGSTOP holds beyond the time-out; default: 0.")
  private int frozenPrimaries;

  @Option(
      names = "--cut-links",
      defaultValue = "0",
      description = "Links cut beyond the time-out (needs root and iproute2); default: 0.")
  private int cutLinks;

  @Option(names = "--seed", description = "Of plan and load; default: a random one, printed.")
  private Long seed;

  @Option(names = "--memory", defaultValue = "256MiB", description = "Protected memory.")
  private String memory;

  @Option(names = "--preset", defaultValue = "understudy", description = "Preset of the pair.")
  private String preset;

  @Option(names = "--chain", defaultValue = "10", description = "Kills per pair; default: 10.")
  private int chainLength;

  @Option(names = "--only-chain", description = "Run only this chain of the plan, from 1.")
  private Integer onlyChain;

  @Option(names = "--connections", defaultValue = "50", description = "Clients; default: 50.")
  private int connections;

  @Option(names = "--keys", defaultValue = "20000", description = "Keys; default: 20000.")
  private int keys;

  @Option(names = "--rate", defaultValue = "0", description = "Operations per second; 0: no limit.")
  private int rate;

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting of both nodes.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--dir",
      description = "Where the nodes' directories go; default: a temporary one.")
  private Path directory;

  private KillMain() {}

  /** Runs the command. */
  public static void main(String[] args) {
    if (List.of(args).contains("--vm")) {
      VmChaosMain.main(args);
    }
    if (List.of(args).contains("--vm-boots")) {
      VmBootsMain.main(args);
    }
    if (List.of(args).contains("--slow-clients")) {
      SlowClientsMain.main(args);
    }
    if (List.of(args).contains("--qemu-matrix")) {
      QemuMatrixMain.main(args);
    }
    System.exit(new CommandLine(new KillMain()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Optional<String> missing = cutLinks > 0 ? OwnNetwork.missing() : Optional.empty();
    if (missing.isPresent()) {
      System.err.println("build/chaos: --cut-links: " + missing.get());
      return 1;
    }
    long chosen = seed == null ? System.nanoTime() & 0xFFFFFF : seed;
    KillOptions options =
        new KillOptions(
            new KillCounts(primaryKills, backupKills, frozenPrimaries, cutLinks),
            chainLength,
            chosen,
            preset,
            Units.parseSize("--memory", memory),
            connections,
            keys,
            rate,
            settings);
    System.out.printf(
        "seed %d, preset %s, memory %s, %d connections%n", chosen, preset, memory, connections);
    Path parent = directory == null ? Files.createTempDirectory("understudy-chaos") : directory;
    KillSummary summary = new KillSummary();
    List<List<Kill>> chains = options.plan();
    for (int i = 0; i < chains.size(); i++) {
      if (onlyChain == null || onlyChain == i + 1) {
        summary.add(runChain(options, chains, i, parent));
      }
    }
    System.out.print(summary.describe());
    if (summary.isOk() && directory == null) {
      Leftovers.deleteTree(parent);
    }
    return summary.isOk() ? 0 : 1;
  }

  private static ChainResult runChain(
      KillOptions options, List<List<Kill>> chains, int index, Path parent)
      throws InterruptedException {
    System.out.printf("chain %d of %d%n", index + 1, chains.size());
    Path own = parent.resolve("chain-" + (index + 1));
    ChainResult chain = KillChain.run(options, chains.get(index), own, line -> {});
    chain.kills.forEach(kill -> System.out.println(kill.describe()));
    if (chain.isOk()) {
      Leftovers.deleteTree(own);
    } else {
      chain.failures.forEach(failure -> System.out.println("FAILED: " + failure));
      System.out.printf(
          "replay: --seed %d --only-chain %d and the same other options; logs: %s%n",
          options.seed(), index + 1, own);
    }
    System.out.flush();
    return chain;
  }
}
