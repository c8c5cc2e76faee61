package org.understudy.lab.vm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.understudy.node.program.Relaunch;
import org.understudy.node.program.Shutdown;

/** The same command once more, in the client's namespace: a process cannot change its own. */
final class InnerProcess {
  /** Longest wait for its orderly end after a signal; less than this process itself may take. */
  private static final long GRACE_SECONDS = 8;

  private InnerProcess() {}

  /**
   * Runs it to its end with this process's input and output; its exit code.
   *
   * @param main name of the class of the command
   */
  static int run(List<String> prefix, String home, String main, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        Relaunch.command(
            List.of(
                "-Xms64m",
                "-Xmx2g",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dunderstudy.home=" + home)));
    command.add(main);
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).inheritIO().start();
    try {
      while (!process.waitFor(100, TimeUnit.MILLISECONDS)) {
        if (Shutdown.requested()) {
          process.destroy();
          process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
          break;
        }
      }
    } finally {
      process.destroyForcibly();
    }
    return process.waitFor();
  }
}
