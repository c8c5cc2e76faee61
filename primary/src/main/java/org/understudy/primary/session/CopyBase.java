package org.understudy.primary.session;

import java.util.function.Consumer;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.pair.detect.FailureDetector;

/**
 * What the backup's memory holds before a copy goes over it. The first round waits until the backup
 * has said so: what it holds already is not shipped.
 */
public final class CopyBase {
  private static final long KNOWN = Long.MAX_VALUE;

  private final long patienceNs;
  private final FailureDetector detector;
  private final Consumer<CaptureKind> captures;
  private long toldLiveNs = KNOWN;
  private boolean isBroken;

  CopyBase(long patienceNs, FailureDetector detector, Consumer<CaptureKind> captures) {
    this.patienceNs = patienceNs;
    this.detector = detector;
    this.captures = captures;
  }

  /** A copy begins; from here on the backup speaks. */
  void await() {
    toldLiveNs = detector.liveTimeNs();
  }

  /** Nothing is awaited any more. */
  void reset() {
    toldLiveNs = KNOWN;
    isBroken = false;
  }

  /** Whether what the backup says is to be kept for the encoder; else it is dropped. */
  public boolean isAwaited() {
    return toldLiveNs != KNOWN;
  }

  /**
   * A part of it is kept.
   *
   * @param isLast all has been said: the copy begins
   */
  public void onKept(boolean isLast) {
    if (isLast) {
      toldLiveNs = KNOWN;
      captures.accept(CaptureKind.ROUND);
    } else {
      toldLiveNs = detector.liveTimeNs();
    }
  }

  /** What it says makes no sense. */
  public void onBroken() {
    isBroken = true;
  }

  /** Why there can be no copy over it, or null. */
  String obstacle() {
    if (isBroken) {
      return "what the backup says of its memory makes no sense";
    }
    boolean isOverdue = isAwaited() && detector.liveTimeNs() - toldLiveNs >= patienceNs;
    return isOverdue ? "the backup does not say what its memory holds" : null;
  }
}
