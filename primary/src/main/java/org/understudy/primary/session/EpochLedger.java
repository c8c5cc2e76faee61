package org.understudy.primary.session;

/** Epochs of one copy: captured, shipped, acked, released; cumulative, so four numbers do. */
final class EpochLedger {
  private long captured;
  private long shipped;
  private long acked;
  private long released;
  private long waitingSinceNs;

  EpochLedger() {
    reset();
  }

  void reset() {
    captured = -1;
    shipped = -1;
    acked = -1;
    released = -1;
  }

  void onCaptured(long epoch) {
    if (epoch != captured + 1) {
      throw new IllegalStateException(
          "captured epoch " + epoch + " after epoch " + captured + ": must be one more");
    }
    captured = epoch;
  }

  void onShipped(long epoch, long liveNs) {
    if (shipped == acked) {
      waitingSinceNs = liveNs;
    }
    shipped = epoch;
  }

  /** True if this moved the acked position. */
  boolean onAcked(long epoch, long liveNs) {
    if (epoch <= acked) {
      return false;
    }
    acked = epoch;
    waitingSinceNs = liveNs;
    return true;
  }

  /** How long the oldest unacked epoch has waited since the last progress; 0 if none waits. */
  long waitedNs(long liveNs) {
    return shipped > acked ? liveNs - waitingSinceNs : 0;
  }

  void restartWait(long liveNs) {
    waitingSinceNs = liveNs;
  }

  /** True if there is something to release up to {@link #acked}; it counts as released then. */
  boolean takeRelease() {
    boolean result = released < acked;
    released = acked;
    return result;
  }

  long captured() {
    return captured;
  }

  long shipped() {
    return shipped;
  }

  long acked() {
    return acked;
  }

  long released() {
    return released;
  }
}
