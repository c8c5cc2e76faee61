package org.understudy.node.program;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * The one place where the process ends. SIGTERM and Ctrl-C become a request that the running
 * command sees ({@link #requested}); it ends in its own order, and its exit code is the process's.
 * Each further signal is told as well: a node that may hold the last copy of a guest waits after
 * the first one.
 */
public final class Shutdown {
  /**
   * Longest wait for an orderly end after a signal; then the process ends anyway. More than a node
   * gives an arbiter that does not answer (10 s), so that its own verdict comes first.
   */
  static final long GRACE_SECONDS = 15;

  private static final CountDownLatch REQUESTED = new CountDownLatch(1);
  private static final CountDownLatch FINISHED = new CountDownLatch(1);
  private static final AtomicReference<Runnable> LISTENER = new AtomicReference<>(() -> {});
  private static final AtomicInteger GRACES = new AtomicInteger();
  private static volatile BooleanSupplier stays = () -> false;
  private static volatile boolean inHook;
  private static volatile int exitCode = ExitCode.INTERRUPTED;
  private static volatile boolean exiting;

  private Shutdown() {}

  /** Turns signals into requests. Called once, by the program. */
  public static void install() {
    Runtime.getRuntime().addShutdownHook(new Thread(Shutdown::onExit, "shutdown"));
    Signals.handle("TERM", Shutdown::onSignal);
    Signals.handle("INT", Shutdown::onSignal);
  }

  private static void onSignal() {
    if (exiting) {
      return;
    }
    REQUESTED.countDown();
    LISTENER.get().run();
    int grace = GRACES.incrementAndGet();
    Thread.ofPlatform().daemon().name("shutdown-grace").start(() -> endAfterGrace(grace));
  }

  /** A node that has to stay is not ended by a request that it was right not to follow. */
  private static void endAfterGrace(int grace) {
    if (!awaitFinished() && grace == GRACES.get() && !stays.getAsBoolean()) {
      halt();
    }
  }

  /**
   * The process is told to end by itself (its parent is gone), or where signals cannot be handled.
   * Nobody is left who could ask a second time: it insists at once.
   */
  private static void onExit() {
    if (exiting) {
      return;
    }
    inHook = true;
    REQUESTED.countDown();
    LISTENER.get().run();
    LISTENER.get().run();
    awaitFinished();
    halt();
  }

  private static boolean awaitFinished() {
    boolean isFinished = false;
    try {
      isFinished = FINISHED.await(GRACE_SECONDS, TimeUnit.SECONDS);
      if (!isFinished && !stays.getAsBoolean()) {
        System.err.println("understudy: no orderly end within " + GRACE_SECONDS + " s, ending now");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return isFinished;
  }

  private static void halt() {
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

  /** Whether the process has to stay although it was asked once to end; any thread. */
  public static void staysWhile(BooleanSupplier reason) {
    stays = reason;
  }

  /**
   * Runs {@code listener} (short, any thread) each time that a request comes, at once if one
   * already came.
   */
  public static void onRequest(Runnable listener) {
    LISTENER.set(listener);
    if (requested()) {
      listener.run();
    }
  }

  /** Ends the process with this code, whether a signal asked for it or not. */
  public static void exit(int code) {
    exitCode = code;
    FINISHED.countDown();
    if (inHook) {
      return;
    }
    exiting = true;
    System.exit(code);
  }
}
