package org.understudy.lab.bench.serve;

import java.io.File;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;

/** Programs of others that a benchmark needs. */
final class Program {
  private Program() {}

  /** Whether it is on the path. */
  static boolean isInstalled(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(path.split(File.pathSeparator))
        .anyMatch(directory -> new File(directory, name).canExecute());
  }

  /** Refuses with the remedy where a program is missing. */
  static void require(String name, String debianPackage) {
    if (!isInstalled(name)) {
      throw new UserError(
          ExitCode.FAILED,
          name + " is not installed: 'apt-get install " + debianPackage + "' has it");
    }
  }

  /** Runs it and returns what it printed. */
  static String output(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.ISO_8859_1);
    if (process.waitFor() != 0) {
      throw new UserError(
          ExitCode.FAILED,
          command.getFirst() + " failed: " + output.strip().lines().reduce("", (a, b) -> b));
    }
    return output;
  }
}
