package org.understudy.vm.qemu;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts processes that the kernel kills when this one dies, however it dies.
 *
 * <p>The signal at the parent's death belongs to the parent <em>thread</em>, so one thread that
 * never ends starts them all. Between the fork and the request for the signal this process may die
 * unseen: the shell compares its parent after that, and does not go on under another.
 *
 * <p>Each has a session of its own: a Ctrl-C in the terminal is for this process alone.
 */
final class TiedProcess {
  private static final String IF_STILL_OURS = "[ \"$PPID\" = \"$0\" ] && exec \"$@\"";

  private static final ExecutorService STARTER =
      Executors.newSingleThreadExecutor(
          task -> Thread.ofPlatform().daemon().name("qemu-starter").unstarted(task));

  private TiedProcess() {}

  /** The command that runs another tied to the process of this number. */
  static List<String> command(List<String> command, long parentPid) {
    List<String> tied =
        new ArrayList<>(
            List.of(
                "setpriv", "--pdeathsig", "KILL", "--", "setsid", "/bin/sh", "-c", IF_STILL_OURS));
    tied.add(Long.toString(parentPid));
    tied.addAll(command);
    return tied;
  }

  /** Starts it with its output and errors in one stream. */
  static Process start(List<String> command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command(command, ProcessHandle.current().pid()))
            .redirectErrorStream(true);
    try {
      Process process = STARTER.submit(builder::start).get();
      process.getOutputStream().close();
      return process;
    } catch (ExecutionException e) {
      throw new IOException("cannot start " + command.getFirst() + ": " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while starting " + command.getFirst(), e);
    }
  }
}
