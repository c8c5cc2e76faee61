package org.understudy.primary.pacing;

import org.understudy.checkpoint.guest.CaptureKind;

/**
 * Notices a guest that takes no capture although one is due: its output would be held for ever.
 * Only time in which the guest's thread ran counts, so that a process that stood still is not
 * blamed.
 */
public final class CaptureWatch {
  private static final long LONGEST_STEP_NS = 100_000_000;

  private final long patienceNs;
  private long lastNs;
  private long dueNs;
  private boolean isTold;

  /**
   * A watch.
   *
   * @param patienceNs a capture may be due for so long
   */
  public CaptureWatch(long patienceNs) {
    this.patienceNs = patienceNs;
  }

  /**
   * In each cycle of the guest: whether a capture has been overdue since now; true once for each.
   */
  public boolean isOverdue(long nowNs, CaptureKind due) {
    long stepNs = Math.min(nowNs - lastNs, LONGEST_STEP_NS);
    lastNs = nowNs;
    if (due == CaptureKind.NONE) {
      onCaptured();
      return false;
    }
    dueNs += stepNs;
    boolean tell = !isTold && dueNs >= patienceNs;
    isTold |= tell;
    return tell;
  }

  /** It took one. */
  public void onCaptured() {
    dueNs = 0;
    isTold = false;
  }
}
