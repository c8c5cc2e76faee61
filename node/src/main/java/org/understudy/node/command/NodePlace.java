package org.understudy.node.command;

import java.nio.file.Path;
import java.util.List;
import org.understudy.node.config.ConfigLoader;
import picocli.CommandLine.Option;

/** Which node of this machine a command means. */
final class NodePlace {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "Configuration file of the node.")
  private Path config;

  @Option(
      names = "--directory",
      required = true,
      paramLabel = "DIR",
      description = "Its node.directory.")
  private Path directory;

  Path directory() {
    return directory != null ? directory : ConfigLoader.load(config, List.of()).node().directory();
  }
}
