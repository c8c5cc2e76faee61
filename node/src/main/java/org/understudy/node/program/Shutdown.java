package org.understudy.node.program;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The one place where the process ends. SIGTERM and Ctrl-C become a request that the running
 * command sees ({@link #requested}); it ends in its own order, and its exit code is the process's.
 */
public final class Shutdown {
  /** Longest wait for an orderly end after a signal; then the process ends anyway. */
  static final long GRACE_SECONDS = 10;

  private static final CountDownLatch REQUESTED = new CountDownLatch(1);
  private static final CountDownLatch FINISHED = new CountDownLatch(1);
  private static final AtomicReference<Runnable> LISTENER = new AtomicReference<>(() -> {});
  private static volatile int exitCode = ExitCode.INTERRUPTED;
  private static volatile boolean exiting;

  private Shutdown() {}

  /** Turns signals into requests. Called once, by the program. */
  public static void install() {
    Runtime.getRuntime().addShutdownHook(new Thread(Shutdown::onSignal, "shutdown"));
  }

  private static void onSignal() {
    if (exiting) {
      return;
    }
    REQUESTED.countDown();
    LISTENER.get().run();
    try {
      if (!FINISHED.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("understudy: no orderly end within " + GRACE_SECONDS + " s, ending now");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    System.out.flush();
    System.err.flush();
    // Without this the JVM would report the signal (143) in place of the command's own verdict.
    Runtime.getRuntime().halt(exitCode);
  }

  /** Asks for an orderly end, as SIGTERM does. */
  private static void request() {
    // Runs the hook on this thread's behalf; the hook halts with the command's own exit code.
    System.exit(ExitCode.INTERRUPTED);
  }

  /** Asks for an orderly end when the process with this id ends, as it may have already. */
  public static void withParent(long pid) {
    ProcessHandle parent =
        ProcessHandle.of(pid)
            .orElseThrow(
                () -> new UserError(ExitCode.FAILED, "parent process " + pid + " is gone"));
    // A thread of its own: the common pool's, which may be only one, is needed to see the ends of
    // child processes, and the request does not return before they are over.
    parent.onExit().thenRun(new Thread(Shutdown::request, "parent-gone")::start);
  }

  /** Whether the process was asked to end. */
  public static boolean requested() {
    return REQUESTED.getCount() == 0;
  }

  /** Waits at most this long for a request; returns whether there is one. */
  public static boolean await(long timeoutMs) throws InterruptedException {
    return REQUESTED.await(timeoutMs, TimeUnit.MILLISECONDS);
  }

  /** Runs {@code listener} (short, any thread) when a request comes, at once if it already came. */
  public static void onRequest(Runnable listener) {
    LISTENER.set(listener);
    if (requested()) {
      listener.run();
    }
  }

  /** Ends the process with this code, whether a signal asked for it or not. */
  public static void exit(int code) {
    exitCode = code;
    if (requested()) {
      FINISHED.countDown();
      return;
    }
    exiting = true;
    System.exit(code);
  }
}
