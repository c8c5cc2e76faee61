package org.understudy.node.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.understudy.node.config.ConfigLoader;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.program.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Judges a configuration file without starting anything. */
@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    description = "Checks a configuration file and prints the values in effect.")
public final class ConfigCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "Configuration file of one node.")
  private Path file;

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Overrides one key of the file.")
  private List<String> overrides = new ArrayList<>();

  @Override
  public Integer call() {
    NodeConfig config = ConfigLoader.load(file, overrides);
    config.describe().forEach(System.out::println);
    return ExitCode.OK;
  }
}
