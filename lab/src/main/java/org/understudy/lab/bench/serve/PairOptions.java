package org.understudy.lab.bench.serve;

import java.util.ArrayList;
import java.util.List;
import org.understudy.lab.pair.PairSettings;
import org.understudy.node.config.ConfigError;
import org.understudy.node.config.Units;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import picocli.CommandLine.Option;

/** What every benchmark of a service's pair asks for. */
final class PairOptions {
  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "256MiB",
      description = "Protected memory (default: ${DEFAULT-VALUE}).")
  private String memory;

  @Option(names = "--preset", defaultValue = "understudy", description = "Preset of the pair.")
  private String preset;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A further setting of the nodes, for example --set epoch.min=500us.")
  private List<String> settings = new ArrayList<>();

  /** The pair's settings, and more lines behind what was asked for. */
  PairSettings settings(String... more) {
    List<String> lines = new ArrayList<>(settings);
    lines.addAll(List.of(more));
    try {
      return new PairSettings(preset, Units.parseSize("--memory", memory), lines);
    } catch (ConfigError e) {
      throw new UserError(ExitCode.USAGE, e.getMessage(), e);
    }
  }
}
