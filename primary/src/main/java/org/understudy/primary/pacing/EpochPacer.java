package org.understudy.primary.pacing;

import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.GuestLoad;

/**
 * Decides between two events of the guest whether to capture (SAFETY rule E6). Lives on the guest's
 * thread; the agent speaks to it through {@link PacerControl}. It also numbers epochs, since a gate
 * on this node is cut at the very instant of the capture.
 *
 * <p>Calls: {@link #due} after each event; where it names a kind, capture, {@link #onCaptured}, and
 * hand the capture over with {@link #copy} and {@link #epoch}; {@link #onResumed} when the guest
 * runs again.
 */
public final class EpochPacer {
  private final PacerSettings settings;
  private final PacerControl control;

  private PacerControl.Request taken;
  private CaptureKind pending = CaptureKind.NONE;
  private boolean paced;
  private long copy;
  private long epoch = -1;
  private long resumedNs;
  private long minRunningNs;
  private long minFlowingNs;
  private boolean heldBack;
  private boolean paused;

  /** A pacer that waits for a request. */
  public EpochPacer(PacerSettings settings, PacerControl control) {
    this.settings = settings;
    this.control = control;
    this.taken = control.request();
    this.minRunningNs = settings.minNs();
    this.minFlowingNs = settings.minNs();
  }

  /** Whether to capture now. */
  public CaptureKind due(long nowNs, GuestLoad load) {
    PacerControl.Request request = control.request();
    if (request != taken) {
      takeUp(request);
    }
    if (pending == CaptureKind.NONE && !paced || control.isBusy()) {
      return CaptureKind.NONE;
    }
    return pending != CaptureKind.NONE ? pending : byPace(nowNs, load);
  }

  private void takeUp(PacerControl.Request request) {
    paused &= request.resumes() == taken.resumes();
    taken = request;
    pending = request.kind();
    copy = request.copy();
    if (pending == CaptureKind.NONE || pending == CaptureKind.ROUND) {
      paced = false;
      epoch = -1;
    }
  }

  private CaptureKind byPace(long nowNs, GuestLoad load) {
    long runningNs = nowNs - resumedNs;
    boolean wanted =
        runningNs >= settings.maxNs()
            ? !load.isIdle()
            : runningNs >= minRunningNs
                && (settings.fixed() ? isFull(load) : isPressed(runningNs, load));
    heldBack = wanted && epoch - control.acked() >= settings.inFlight();
    return wanted && !heldBack ? CaptureKind.CHECKPOINT : CaptureKind.NONE;
  }

  private boolean isPressed(long runningNs, GuestLoad load) {
    return settings.outputTriggers() && load.outputBytes > 0 && runningNs >= leastNs(load)
        || load.consumedInputs >= settings.inputMark()
        || isFull(load);
  }

  private long leastNs(GuestLoad load) {
    return load.outputFlows ? minFlowingNs : minRunningNs;
  }

  /** How long output that waits is no reason to capture yet. */
  public long outputDueInNs(long nowNs, GuestLoad load) {
    return Math.max(0, resumedNs + leastNs(load) - nowNs);
  }

  /** Bounds that end any epoch, fixed ones too (SAFETY rule E4): capture early. */
  private boolean isFull(GuestLoad load) {
    return load.dirtyPages >= settings.dirtyPageMark()
        || load.fullestQueuePercent >= settings.queueMarkPercent();
  }

  /** The capture that was due is taken. */
  public void onCaptured(CaptureKind kind) {
    control.captureTaken();
    pending = CaptureKind.NONE;
    if (kind != CaptureKind.ROUND) {
      epoch++;
      paced = !kind.pausesGuest();
      paused = kind.pausesGuest();
    }
  }

  /** The guest runs again after a capture: running time counts from here, not from the pause. */
  public void onResumed(long nowNs) {
    resumedNs = nowNs;
  }

  /**
   * The guest runs again after a pause of known length: long pauses are made seldom, or they would
   * leave it no time to run; more seldom still while output flows, which means that the guest has
   * work to do, and that each pause can take much output along.
   */
  public void onResumed(long nowNs, long pauseNs) {
    onResumed(nowNs);
    minRunningNs = settings.runningNsAfter(pauseNs, settings.maxPausePercent());
    minFlowingNs = settings.runningNsAfter(pauseNs, settings.flowingPausePercent());
  }

  /** Number of the copy that captures belong to now. */
  public long copy() {
    return copy;
  }

  /** Epoch of the last checkpoint; 0 for a round. */
  public long epoch() {
    return Math.max(epoch, 0);
  }

  /** Whether the guest has to stay paused after its last capture. */
  public boolean isPaused() {
    return paused;
  }

  /** A capture is wanted, but too many checkpoints are unacked: deliver less input. */
  public boolean isHeldBack() {
    return heldBack;
  }
}
