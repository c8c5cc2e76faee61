package org.understudy.primary.pacing;

/**
 * Notices a guest whose thread does nothing any more while a copy needs it: nobody else could open
 * its gate. Only time in which the watching thread ran counts.
 */
public final class GuestWatch {
  private static final long LONGEST_STEP_NS = 100_000_000;

  private final long patienceNs;
  private long lastNs;
  private long silentNs;

  /**
   * A watch.
   *
   * @param patienceNs the thread may be silent for so long
   */
  public GuestWatch(long patienceNs) {
    this.patienceNs = patienceNs;
  }

  /**
   * In each cycle of the watching thread.
   *
   * @param isHeard whether the guest's thread did anything since the last call
   * @param isNeeded whether a copy needs it
   */
  public boolean isStuck(long nowNs, boolean isHeard, boolean isNeeded) {
    long stepNs = Math.min(nowNs - lastNs, LONGEST_STEP_NS);
    lastNs = nowNs;
    silentNs = isHeard || !isNeeded ? 0 : silentNs + stepNs;
    return silentNs >= patienceNs;
  }
}
