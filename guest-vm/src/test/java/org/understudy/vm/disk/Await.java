package org.understudy.vm.disk;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition; the bound is for tests that would never end. */
public final class Await {
  private Await() {}

  public static void until(BooleanSupplier condition) {
    long deadlineNs = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadlineNs) {
        throw new AssertionError("did not come true within 60 s");
      }
      LockSupport.parkNanos(100_000);
    }
  }
}
