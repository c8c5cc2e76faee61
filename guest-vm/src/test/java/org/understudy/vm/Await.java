package org.understudy.vm;

import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for conditions; the bound is for tests that would never end. */
public final class Await {
  private static final long TIMEOUT_NS = 60_000_000_000L;

  private Await() {}

  public static void until(BooleanSupplier condition) {
    long deadlineNs = System.nanoTime() + TIMEOUT_NS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadlineNs) {
        throw new AssertionError("did not come true in time");
      }
      LockSupport.parkNanos(100_000);
    }
  }

  public static void until(String what, Callable<Boolean> condition) throws Exception {
    long deadlineNs = System.nanoTime() + TIMEOUT_NS;
    while (!condition.call()) {
      if (System.nanoTime() > deadlineNs) {
        throw new AssertionError("not in time: " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }
}
