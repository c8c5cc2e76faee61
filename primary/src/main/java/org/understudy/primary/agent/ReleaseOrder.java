package org.understudy.primary.agent;

/**
 * Up to which epoch output may leave: the agent's order to the guest's thread, which carries it out
 * later. It holds only for a while and is confirmed in each of the agent's cycles that knows of no
 * reason against it: where the whole process was stopped between the order and its execution the
 * other node may own the guest by then (SAFETY rule O3). Written by the agent, read by the guest.
 */
final class ReleaseOrder {
  static final long NOTHING = -1;

  private final long validNs;
  private volatile long epoch = NOTHING;
  private volatile long confirmedNs;

  /**
   * Nothing may leave yet.
   *
   * @param validNs how long an order holds without being confirmed
   */
  ReleaseOrder(long validNs) {
    this.validNs = validNs;
  }

  /** Another copy: its epochs are other ones. */
  void reset() {
    epoch = NOTHING;
  }

  /** Epochs up to this one may leave; to be confirmed in the same cycle. */
  void upTo(long newEpoch) {
    epoch = newEpoch;
  }

  /**
   * The agent still stands behind it.
   *
   * @return true if the order did not hold any more: who waits for it is to look again
   */
  boolean confirm(long nowNs) {
    boolean wasLate = !isValid(nowNs);
    confirmedNs = nowNs;
    return wasLate;
  }

  /** What was ordered. */
  long epoch() {
    return epoch;
  }

  /** Whether it holds. */
  boolean isValid(long nowNs) {
    return nowNs - confirmedNs <= validNs;
  }
}
