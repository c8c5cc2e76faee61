package org.understudy.lab.bench.vm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.understudy.lab.vm.BenchStage;
import org.understudy.lab.vm.VmArguments;
import org.understudy.node.config.ConfigError;
import org.understudy.node.config.Units;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What protection costs a virtual machine: the demo's guest without and with it. */
@Command(
    name = "vm",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Boots the guest of 'demo vm' for each row, measures it unprotected and protected, and prints"
          + " a table for each row. Everything lies in network namespaces of its own. Needs root,"
          + " QEMU and redis-benchmark.",
      "Rows: pause (parts of the pause; idle, 1,000 dirty pages per epoch, 2 GiB), redis"
          + " (redis-benchmark), cpu (a computation), wire (bytes against whole dirty pages),"
          + " endurance (threads, descriptors and memory over 2,000 epochs).",
      "Exit code 3 if this machine lacks something."
    })
public final class BenchVmCommand implements Callable<Integer> {
  @Option(
      names = "--row",
      split = ",",
      paramLabel = "ROW",
      description = "pause, redis, cpu, wire, endurance (default: all).")
  private List<String> rows = new ArrayList<>();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "30",
      description = "Length of each measurement (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "20",
      description =
          "Seconds of the same load, protected, before each protected measurement: young nodes"
              + " still compile their code (default: ${DEFAULT-VALUE}; 0 for none).")
  private int warmUp;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "512MiB",
      description = "RAM of the guest (default: ${DEFAULT-VALUE}).")
  private String memory;

  @Option(
      names = "--large",
      paramLabel = "SIZE",
      defaultValue = "2GiB",
      description = "RAM of the large guest of 'pause' (default: ${DEFAULT-VALUE}).")
  private String large;

  @Option(
      names = "--epoch",
      paramLabel = "LENGTH",
      defaultValue = "25ms",
      description = "Length of fixed epochs (default: ${DEFAULT-VALUE}).")
  private String epoch;

  @Option(
      names = "--dirty",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Pages written per fixed epoch (default: ${DEFAULT-VALUE}).")
  private int dirty;

  @Option(
      names = "--keys",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Keys of redis-benchmark (default: ${DEFAULT-VALUE}).")
  private int keys;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Epochs of 'endurance'; first count at a quarter (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(
      names = "--accelerator",
      defaultValue = "auto",
      description = "auto, kvm or tcg (default: ${DEFAULT-VALUE}, kvm where a guest runs in it).")
  private String accelerator;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A further setting of both nodes, for example --set epoch.max=20ms.")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--json", description = "Print JSON alone.")
  private boolean json;

  @Option(
      names = "--owner",
      hidden = true,
      description = "Run as the client inside the namespaces of this process.")
  private long owner;

  @Option(names = "--files", hidden = true, description = "Directory of the run.")
  private Path files;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Set<VmRow> wanted = wanted();
    VmBenchOptions options = options();
    if (wanted.contains(VmRow.REDIS) || wanted.contains(VmRow.WIRE)) {
      RedisBenchmark.require();
    }
    if (owner == 0) {
      boolean isLarge = wanted.contains(VmRow.PAUSE);
      return BenchStage.run(
          isLarge ? Math.max(options.largeBytes(), options.memoryBytes()) : options.memoryBytes(),
          spec.root().commandLine().getParseResult().originalArgs(),
          BenchVmCommand::say);
    }
    Shutdown.withParent(owner);
    VmBench bench = new VmBench(options, files, owner, BenchVmCommand::say);
    List<VmTable> tables = new ArrayList<>();
    for (VmRow row : wanted) {
      say("row " + row.word());
      VmTable table = row.measure(bench);
      tables.add(table);
      if (!json) {
        System.out.println(table.text());
      }
    }
    if (json) {
      System.out.println(VmTable.json(tables, bench.accelerator()));
    }
    return ExitCode.OK;
  }

  private Set<VmRow> wanted() {
    EnumSet<VmRow> wanted = EnumSet.noneOf(VmRow.class);
    for (String row : rows) {
      wanted.add(VmRow.of(row.toLowerCase(Locale.ROOT)));
    }
    return rows.isEmpty() ? EnumSet.allOf(VmRow.class) : wanted;
  }

  private VmBenchOptions options() {
    try {
      VmArguments.check("--seconds", seconds, 2, 3_600);
      VmArguments.check("--warm-up", warmUp, 0, 3_600);
      VmArguments.check("--dirty", dirty, 1, 100_000);
      VmArguments.check("--keys", keys, 1, 10_000_000);
      VmArguments.check("--epochs", epochs, 8, 10_000_000);
      VmArguments.checkAccelerator(accelerator);
      return new VmBenchOptions(
          seconds,
          warmUp,
          VmArguments.ramBytes("--memory", memory),
          VmArguments.ramBytes("--large", large),
          Units.parseDuration("--epoch", epoch),
          dirty,
          keys,
          epochs,
          accelerator,
          settings);
    } catch (ConfigError e) {
      throw new UserError(ExitCode.USAGE, e.getMessage(), e);
    }
  }

  /** Progress goes to stderr: stdout belongs to the result. */
  private static void say(String line) {
    System.err.println("bench: " + line);
  }
}
