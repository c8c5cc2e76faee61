package org.understudy.backup;

/**
 * The one clock of a service (SAFETY rule S3): the stamps of its inputs. They follow the time that
 * is passed in, never decrease, and go on from the last one after a takeover, whatever the clock of
 * this machine says.
 */
public final class StampClock {
  private long offsetNs;
  private long lastNs;

  /** Goes on from this stamp: the next one is not smaller, and the distance follows the time. */
  public void continueFrom(long stampNs, long nowNs) {
    lastNs = Math.max(lastNs, stampNs);
    offsetNs = lastNs - nowNs;
  }

  /** A stamp for an event at this time. */
  public long stamp(long nowNs) {
    lastNs = Math.max(lastNs, peek(nowNs));
    return lastNs;
  }

  /** What {@link #stamp} would give, without giving it. */
  public long peek(long nowNs) {
    return Math.max(lastNs, nowNs + offsetNs);
  }

  /** The last stamp given. */
  public long lastNs() {
    return lastNs;
  }
}
