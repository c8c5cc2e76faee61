package org.understudy.backup;

/**
 * The one clock of a service (SAFETY rule S3): the stamps of its inputs. They follow the time that
 * is passed in, never decrease, and go on from the last one after a takeover, whatever the clock of
 * this machine says.
 */
public final class StampClock {
  private long offsetNs;
  private long lastNs;

  /** It shows the time of a guest, which must not be put back. */
  private boolean follows;

  /** A copy began: until its clock is known, this one stands. */
  private boolean awaitsGuest;

  /**
   * The guest's clock showed this stamp when it was captured, a moment ago: this one shows at least
   * as much, and the distance follows the time.
   */
  public void continueFrom(long stampNs, long nowNs) {
    long shownNs = follows ? Math.max(peek(nowNs), stampNs) : Math.max(lastNs, stampNs);
    follows = true;
    awaitsGuest = false;
    lastNs = Math.max(lastNs, stampNs);
    offsetNs = shownNs - nowNs;
  }

  /** A full copy begins: the guest's clock comes with it, whatever was shown before. */
  public void awaitGuest() {
    follows = false;
    awaitsGuest = true;
    lastNs = 0;
  }

  /** A stamp for an event at this time. */
  public long stamp(long nowNs) {
    lastNs = Math.max(lastNs, peek(nowNs));
    return lastNs;
  }

  /** What {@link #stamp} would give, without giving it. */
  public long peek(long nowNs) {
    return awaitsGuest ? lastNs : Math.max(lastNs, nowNs + offsetNs);
  }
}
