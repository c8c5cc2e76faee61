package org.understudy.node;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.understudy.node.config.ConfigLoader;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.role.NodeRunner;
import org.understudy.node.run.Preflight;
import org.understudy.node.run.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs one node of a pair until it is told to end. */
@Command(
    name = "node",
    mixinStandardHelpOptions = true,
    description = "Runs one role, primary or backup, from a configuration file.")
public final class NodeCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "Configuration file; docs/configuration.md lists its keys.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides one key of the file, for example --set epoch.max=20ms.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--start-empty",
      description =
          "Start a new, empty guest although the register names an earlier owner. Whatever the"
              + " earlier guest held is given up.")
  private boolean startEmpty;

  @Override
  public Integer call() throws Exception {
    NodeConfig config = ConfigLoader.load(file, overrides);
    try (RunDirectory directory = RunDirectory.open(config.node().directory())) {
      Preflight.check(config, directory);
      return NodeRunner.run(config, directory, startEmpty);
    }
  }
}
