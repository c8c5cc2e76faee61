package org.understudy.vm.qmp;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * One instant by both clocks: QEMU's events bear the time of day, at the microsecond.
 *
 * @param monotonicNs {@link System#nanoTime}
 * @param wallUs microseconds since 1970
 */
record QmpClock(long monotonicNs, long wallUs) {
  /** An event that is read later than this after it happened: one of the clocks was set. */
  private static final long MAX_AGE_US = TimeUnit.SECONDS.toMicros(10);

  static QmpClock now() {
    Instant now = Instant.now();
    long us = TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + now.getNano() / 1_000;
    return new QmpClock(System.nanoTime(), us);
  }

  /** {@link System#nanoTime} of a time of day not long ago; that of now where it cannot be. */
  long monotonicNs(long happenedUs) {
    long ageUs = wallUs - happenedUs;
    return ageUs >= 0 && ageUs <= MAX_AGE_US ? monotonicNs - 1_000 * ageUs : monotonicNs;
  }
}
