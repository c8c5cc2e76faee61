package org.understudy.failover.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

/** Whether a machine that is protected while it boots comes up as often as one that is not. */
@Command(
    name = "build/chaos --vm-boots",
    mixinStandardHelpOptions = true,
    description = {
      "Boots a machine again and again, protected from its first instruction and without a backup in"
          + " turns, and counts how often it answers."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:protected ones came up as often as the others",
      "1:they did not",
      "2:usage",
      "3:this machine lacks something"
    })
public final class VmBootsMain implements Callable<Integer> {
  private static final int CONNECTIONS = 1;
  private static final int RATE = 1;

  @Option(names = "--vm-boots", hidden = true)
  private boolean boots;

  @Option(
      names = "--turns",
      paramLabel = "N",
      defaultValue = "10",
      description = "Boots of each kind; default: ${DEFAULT-VALUE}.")
  private int turns;

  @Option(
      names = "--processors",
      paramLabel = "N",
      defaultValue = "2",
      description = "Of the machine; default: ${DEFAULT-VALUE}.")
  private int processors;

  @Option(names = "--memory", defaultValue = "256MiB", description = "RAM; default: 256MiB.")
  private String memory;

  @Mixin private StagedRun stage;

  private VmBootsMain() {}

  /** Runs the command. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new VmBootsMain()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    return stage.either(this::outside, this::inside);
  }

  private int outside() throws IOException, InterruptedException {
    List<String> inner = new ArrayList<>(List.of("--turns", "" + turns));
    inner.addAll(List.of("--processors", "" + processors, "--memory", memory));
    StagedRun.addSettings(inner, stage.settings);
    return ChaosPair.stage(
        VmBootsMain.class.getName(),
        ChaosGuest.SMALL,
        Units.parseSize("--memory", memory),
        inner,
        line -> System.err.println("boots: " + line));
  }

  private int inside() throws IOException, InterruptedException {
    int aloneUp = 0;
    int protectedUp = 0;
    for (int turn = 1; turn <= turns; turn++) {
      protectedUp += isUp(turn, true) ? 1 : 0;
      aloneUp += isUp(turn, false) ? 1 : 0;
    }
    System.out.printf(
        "%d processors: %d of %d came up protected, %d of %d without a backup%n",
        processors, protectedUp, turns, aloneUp, turns);
    return protectedUp >= aloneUp ? ExitCode.OK : ExitCode.FAILED;
  }

  private boolean isUp(int turn, boolean isProtected) throws IOException, InterruptedException {
    String kind = isProtected ? "protected" : "alone";
    Path own = Files.createDirectories(stage.files.resolve(kind.charAt(0) + "-" + turn));
    List<String> settings = new ArrayList<>(StagedRun.processors(processors));
    settings.addAll(stage.settings);
    ChaosPair.Options options =
        new ChaosPair.Options(
            ChaosGuest.SMALL,
            Units.parseSize("--memory", memory),
            turn,
            CONNECTIONS,
            RATE,
            false,
            settings);
    try (ChaosPair pair = new ChaosPair(stage.files, own, stage.owner, options)) {
      long startedNs = System.nanoTime();
      String why = pair.boot(isProtected);
      double seconds = (System.nanoTime() - startedNs) / 1e9;
      System.out.printf(
          "boot %d, %s: %s after %.1f s%n",
          turn, kind, why == null ? "answers" : "DOES NOT ANSWER, " + why, seconds);
      return why == null;
    }
  }
}
