package org.understudy.failover.process;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waits for conditions. */
public final class Await {
  private static final long POLL_MS = 5;

  private Await() {}

  /**
   * Waits until a condition holds.
   *
   * @param what it is, for the message
   * @throws IllegalStateException if it does not hold in time, or cannot be looked at
   */
  public static void until(String what, long timeoutMs, Callable<Boolean> condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    while (!holds(what, condition)) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException(what + ": not within " + timeoutMs + " ms");
      }
      Thread.sleep(POLL_MS);
    }
  }

  private static boolean holds(String what, Callable<Boolean> condition) {
    try {
      return condition.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(what + ": " + e.getMessage(), e);
    }
  }
}
