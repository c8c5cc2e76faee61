package org.understudy.primary.session;

import java.util.function.Consumer;
import org.understudy.checkpoint.guest.CaptureKind;

/**
 * How far a copy is on its way to protection: rounds while the guest runs, epoch 0, and, once the
 * backup has committed that, a checkpoint from which on output is held. A backup commits epoch 0
 * only when it has found out that it could take over, which may take seconds: no client waits for
 * that.
 *
 * <pre>
 * rounds ── epoch 0 ── committed ── one more, as small as a round ── the gate closes ── committed
 * </pre>
 */
final class InitialCopy {
  private static final long NONE = -1;

  private final PrimarySettings settings;
  private final Consumer<CaptureKind> captures;
  private final Runnable beforeCatchUp;
  private int rounds;
  private long caughtUp;
  private boolean isGateAsked;
  private long gate;

  /**
   * Nothing is copied yet.
   *
   * @param captures asks the guest for one
   * @param beforeCatchUp called when epoch 0 is committed, before the next capture is asked for
   */
  InitialCopy(PrimarySettings settings, Consumer<CaptureKind> captures, Runnable beforeCatchUp) {
    this.settings = settings;
    this.captures = captures;
    this.beforeCatchUp = beforeCatchUp;
    reset();
  }

  /** Another copy begins. */
  void reset() {
    rounds = 0;
    caughtUp = NONE;
    isGateAsked = false;
    gate = NONE;
  }

  /** A round of so many pages was shipped. */
  void onRoundShipped(long pages) {
    boolean isLast =
        pages != PrimarySession.UNFINISHED
            && (++rounds >= settings.maxRounds() || pages <= settings.roundTargetPages());
    captures.accept(isLast ? CaptureKind.CHECKPOINT : CaptureKind.ROUND);
  }

  /** The backup has committed epoch 0, and more; up to which epoch there are captures. */
  void onAcked(long captured) {
    if (caughtUp == NONE) {
      caughtUp = captured + 1;
      beforeCatchUp.run();
      captures.accept(CaptureKind.CHECKPOINT);
    }
  }

  /** A checkpoint was shipped. The gate is closed once: closing it again would open it first. */
  void onEpochShipped(long epoch) {
    if (!isGateAsked && caughtUp != NONE && epoch >= caughtUp) {
      isGateAsked = true;
      captures.accept(CaptureKind.GATE);
    }
  }

  /** A checkpoint was captured. */
  void onCaptured(CaptureKind kind, long epoch) {
    if (kind == CaptureKind.GATE) {
      gate = epoch;
    }
  }

  /** Whether the backup holds everything that ever left this node's gate. */
  boolean isWhole(long acked) {
    return gate != NONE && acked >= gate;
  }

  /** Number of the next capture inside epoch 0. */
  int rounds() {
    return rounds;
  }
}
