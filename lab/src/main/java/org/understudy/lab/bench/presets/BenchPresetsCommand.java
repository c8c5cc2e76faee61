package org.understudy.lab.bench.presets;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.understudy.node.config.ConfigError;
import org.understudy.node.config.Preset;
import org.understudy.node.config.Units;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One recorded load against every preset, side by side. */
@Command(
    name = "presets",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Sends one recorded load to the unprotected service and to a fresh pair with each preset:"
          + " first at a fixed rate with fixed epochs, then as fast as it goes, then SIGKILL of the"
          + " primary. 'understudy' is measured with fixed and with adaptive epochs."
    })
public final class BenchPresetsCommand implements Callable<Integer> {
  private static final int MAX_OPERATIONS = 2_000_000;
  private static final int MIN_KEYS = 3;

  @Option(
      names = "--presets",
      split = ",",
      defaultValue = "remus,remus-xor,llm,fgbi,understudy",
      description = "Which ones (default: ${DEFAULT-VALUE}).")
  private List<String> presets;

  @Option(
      names = "--duration",
      defaultValue = "5s",
      description = "Time at the fixed rate; at full speed half of it (default: ${DEFAULT-VALUE}).")
  private String duration;

  @Option(
      names = "--epoch",
      paramLabel = "LENGTH",
      defaultValue = "25ms",
      description = "Length of fixed epochs (default: ${DEFAULT-VALUE}).")
  private String epoch;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Operations per second of the first part (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "200",
      description = "Clients (default: ${DEFAULT-VALUE}).")
  private int connections;

  @Option(
      names = "--pipeline",
      paramLabel = "N",
      defaultValue = "8",
      description =
          "Most operations in flight per client at full speed (default: ${DEFAULT-VALUE}).")
  private int pipeline;

  @Option(
      names = "--keys",
      paramLabel = "N",
      defaultValue = "120000",
      description = "Keys (default: ${DEFAULT-VALUE}).")
  private int keys;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "256MiB",
      description = "Protected memory (default: ${DEFAULT-VALUE}).")
  private String memory;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Of the load (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--json", description = "Print JSON alone.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    PresetOptions options = options();
    double count = options.durationNs() * rate / TimeUnit.SECONDS.toNanos(1);
    if (count < connections || count > MAX_OPERATIONS) {
      throw new UserError(
          ExitCode.USAGE,
          String.format(
              "--duration times --rate are %.0f operations: use %d to %d",
              count, connections, MAX_OPERATIONS));
    }
    RecordedLoad load = RecordedLoad.of(seed, connections, keys, (int) count);
    List<PresetResult> rows = new ArrayList<>();
    PresetResult alone = measure(options, load, PresetResult.UNPROTECTED, false);
    rows.add(alone);
    for (String preset : presets) {
      rows.add(measure(options, load, preset, false).comparedWith(alone));
    }
    if (presets.contains(Preset.UNDERSTUDY.name())) {
      rows.add(measure(options, load, Preset.UNDERSTUDY.name(), true).comparedWith(alone));
    }
    PresetReport report = new PresetReport(seed, options, load, rows);
    System.out.println(json ? report.json() : report.table());
    return rows.stream().allMatch(row -> row.errors() == 0) ? ExitCode.OK : ExitCode.FAILED;
  }

  private PresetOptions options() {
    try {
      presets.forEach(Preset::of);
      if (keys < MIN_KEYS || connections < 1 || pipeline < 1 || rate <= 0) {
        throw new ConfigError(
            "--keys must be at least "
                + MIN_KEYS
                + ", --connections, --pipeline and --rate more than 0");
      }
      return new PresetOptions(
          Units.parseDuration("--duration", duration),
          Units.parseDuration("--epoch", epoch),
          rate,
          pipeline,
          Units.parseSize("--memory", memory));
    } catch (ConfigError e) {
      throw new UserError(ExitCode.USAGE, e.getMessage(), e);
    }
  }

  private static PresetResult measure(
      PresetOptions options, RecordedLoad load, String preset, boolean adaptive)
      throws InterruptedException {
    System.err.println("bench: " + preset + (adaptive ? ", adaptive epochs" : ""));
    try {
      return new PresetRow(options, load, preset, adaptive).measure();
    } catch (IOException e) {
      throw new UserError(ExitCode.FAILED, "preset " + preset + ": " + e.getMessage(), e);
    }
  }
}
