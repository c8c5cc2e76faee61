package org.understudy.failover.vm;

import java.nio.file.Path;
import java.util.List;
import org.understudy.failover.process.JavaCommand;

/** A chaos command as {@code build/chaos} starts it. */
final class ChaosProcess {
  private ChaosProcess() {}

  /** Runs it to its end; what it says is in the file, and what it leaves beside that. */
  static int run(Class<?> main, Path output, String... options) throws Exception {
    List<String> command = JavaCommand.of(main, output.getParent());
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      return process.waitFor();
    } finally {
      process.destroyForcibly();
    }
  }
}
