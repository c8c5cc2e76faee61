package org.understudy.failover.vm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;
import picocli.CommandLine.Option;

/** What commands have in common that run themselves again, inside of the stage that they made. */
final class StagedRun {
  /** As the command inside takes them. */
  static void addSettings(List<String> arguments, List<String> settings) {
    settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
  }

  /** Outside or inside of the stage. */
  @FunctionalInterface
  interface Part {
    int run() throws IOException, InterruptedException;
  }

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting of both nodes.")
  List<String> settings = new ArrayList<>();

  @Option(names = "--owner", hidden = true)
  long owner;

  @Option(names = "--files", hidden = true)
  Path files;

  /**
   * Settings of a machine with so many processors. It is pinned to none: the host may have fewer,
   * and the nodes need some too.
   */
  static List<String> processors(int count) {
    return List.of("vm.cpus = " + count, "vm.pins = []");
  }

  /** Runs the part that this process is for; what the user did wrong is one line and its code. */
  int either(Part outside, Part inside) throws IOException, InterruptedException {
    try {
      if (owner == 0) {
        return outside.run();
      }
      Shutdown.withParent(owner);
      return inside.run();
    } catch (UserError e) {
      System.err.println("build/chaos: " + e.getMessage());
      return e.exitCode();
    }
  }
}
