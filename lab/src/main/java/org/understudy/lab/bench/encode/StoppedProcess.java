package org.understudy.lab.bench.encode;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;

/** A process that stands still while this is open, and goes on whatever happens here. */
final class StoppedProcess implements AutoCloseable {
  private static final int SIGCONT = 18;
  private static final int SIGSTOP = 19;
  private static final long STOP_LIMIT_NS = 5_000_000_000L;
  private static final MethodHandle KILL = kill();

  private final long pid;
  private final Thread hook;

  /**
   * Stops the process and waits until all of its threads stand still.
   *
   * @throws UserError if there is no such process or it may not be stopped
   */
  StoppedProcess(long pid) throws IOException {
    this.pid = pid;
    hook = new Thread(() -> signal(pid, SIGCONT), "understudy-capture-continue");
    Runtime.getRuntime().addShutdownHook(hook);
    boolean stopped = false;
    try {
      if (signal(pid, SIGSTOP) != 0) {
        throw new UserError(ExitCode.FAILED, "cannot stop process " + pid + ": no right or gone");
      }
      awaitStopped();
      stopped = true;
    } finally {
      if (!stopped) {
        close();
      }
    }
  }

  private void awaitStopped() throws IOException {
    long deadline = System.nanoTime() + STOP_LIMIT_NS;
    while (!allThreadsStopped()) {
      if (System.nanoTime() > deadline) {
        throw new UserError(ExitCode.FAILED, "process " + pid + " did not stop within 5 s");
      }
      Thread.onSpinWait();
    }
  }

  private boolean allThreadsStopped() throws IOException {
    try (var threads = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
      for (Path thread : threads) {
        String stat = Files.readString(thread.resolve("stat"));
        // The state follows the name, which may hold anything but ends with the last bracket.
        char state = stat.charAt(stat.lastIndexOf(')') + 2);
        if (state != 'T' && state != 't') {
          return false;
        }
      }
    }
    return true;
  }

  @Override
  public void close() {
    signal(pid, SIGCONT);
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending: the hook does the same.
    }
  }

  private static int signal(long pid, int signal) {
    try {
      return (int) KILL.invokeExact((int) pid, signal);
    } catch (Throwable e) {
      throw new IllegalStateException("kill(" + pid + ", " + signal + ")", e);
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle kill() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().find("kill").orElseThrow(),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  }
}
