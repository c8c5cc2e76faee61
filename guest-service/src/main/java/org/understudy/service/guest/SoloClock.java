package org.understudy.service.guest;

/**
 * Gives stamps where no backup does: nanoseconds that go on from the last stamp, whatever the
 * system clock says.
 */
final class SoloClock {
  private long baseNs;
  private long baseNanoTime;

  /** The clock shows this stamp now. */
  void set(long stampNs, long nanoTime) {
    baseNs = stampNs;
    baseNanoTime = nanoTime;
  }

  long stampNs(long nanoTime) {
    return baseNs + Math.max(0, nanoTime - baseNanoTime);
  }
}
