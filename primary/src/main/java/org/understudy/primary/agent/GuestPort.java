package org.understudy.primary.agent;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ObjLongConsumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.NanoClock;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.GuestHost;
import org.understudy.checkpoint.guest.GuestLoad;
import org.understudy.checkpoint.verify.MemoryDigest;
import org.understudy.primary.pacing.CaptureWatch;
import org.understudy.primary.pacing.EpochPacer;
import org.understudy.primary.pacing.GuestWatch;
import org.understudy.primary.pacing.PacerControl;

/**
 * The seam between the guest's thread and the agent's. The guest asks here whether to capture, and
 * leaves its captures here; the agent leaves orders (capture this, release that) and takes what was
 * captured. One capture at a time; every field crosses threads by one volatile write.
 *
 * <p>All orders to the guest's own gate are carried out on the guest's thread, in the order in
 * which they and the captures happen: a capture that was already under way when protection ended
 * cannot close the gate behind it.
 */
final class GuestPort implements GuestHost {
  /** A copy that gets no further capture, and why. */
  record BrokenCopy(long copy, String reason) {}

  /** Longer than QEMU's slowest step may take; a capture takes milliseconds. */
  private static final long PATIENCE_NS = 30_000_000_000L;

  /** So seldom that what both threads write is no cost of the guest's cycles and pauses. */
  private static final long GUEST_LOOK_NS = 10_000_000;

  private final Guest guest;
  private final PacerControl control = new PacerControl();
  private final EpochPacer pacer;
  private final VerifyPlan verify;
  private final ObjLongConsumer<byte[]> digests;
  private final EarlyOutput outputs;
  private final MirrorStream mirror;
  private final PrimaryObserver metrics;
  private final NanoClock clock;
  private final Runnable wakeAgent;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicReference<String> ended = new AtomicReference<>();
  private volatile BrokenCopy broken;

  // Orders of the agent.
  private final GuestWatch guestWatch = new GuestWatch(PATIENCE_NS);
  private boolean isAsked;
  private long guestLookedNs;
  private final ReleaseOrder releasable;
  private long copy;

  // The captured slot: written by the guest, then published by the state.
  private Capture capture;
  private long captureEpoch;
  private long captureCopy;
  private int captureRound;
  private long captureNs;
  private long captureOutputSinceNs;
  private byte[] captureDigest;
  private volatile boolean captured;

  /** Releases that were carried out and that the guest has acted on since. */
  private volatile long settled = ReleaseOrder.NOTHING;

  /** What {@link #settled} was when the guest was paused for good: later output may stay in it. */
  private volatile long settledAtPause = Long.MAX_VALUE;

  /** Set by the guest's thread, taken back by the agent. */
  private volatile boolean isHeard;

  // The guest's own.
  private final CaptureWatch captureWatch = new CaptureWatch(PATIENCE_NS);
  private int nextRound;
  private boolean holdsOutput;
  private long outputSinceNs;
  private long released = ReleaseOrder.NOTHING;

  GuestPort(PrimaryContext context, Guest guest, EarlyOutput outputs, MirrorStream mirror) {
    this.guest = guest;
    this.outputs = outputs;
    this.mirror = mirror;
    pacer = new EpochPacer(context.pacing(), control);
    verify = context.verify();
    digests = context.digests();
    metrics = context.metrics();
    clock = context.clock();
    wakeAgent = context.wakeUp();
    releasable = new ReleaseOrder(context.session().stallCheckNs());
  }

  // ---- on the guest's thread

  @Override
  public CaptureKind captureDue(long nowNs, GuestLoad load) {
    releaseDue();
    if (outputSinceNs == 0 && load.outputBytes > 0) {
      outputSinceNs = nowNs;
    }
    if (!isHeard) {
      isHeard = true;
    }
    CaptureKind due = pacer.due(nowNs, load);
    if (captureWatch.isOverdue(nowNs, due)) {
      protectionBroken("a capture is due for " + PATIENCE_NS / 1_000_000_000 + " s and not taken");
    }
    return due;
  }

  @Override
  public long outputDueInNs(long nowNs, GuestLoad load) {
    return pacer.outputDueInNs(nowNs, load);
  }

  @Override
  public boolean goesOn() {
    return !pacer.isPaused();
  }

  private void releaseDue() {
    if (settled != released) {
      settled = released; // a whole cycle of the guest lies behind what was carried out before
    }
    long upTo = releasable.epoch();
    if (upTo > released && releasable.isValid(clock.nanoTime())) {
      released = upTo;
      guest.localGate().release(upTo);
    }
  }

  @Override
  public void captured(Capture newCapture) {
    CaptureKind kind = newCapture.kind();
    captureWatch.onCaptured();
    pacer.onCaptured(kind);
    captureEpoch = pacer.epoch();
    if (pacer.copy() != captureCopy) {
      captureCopy = pacer.copy();
      nextRound = 0;
      holdsOutput = false;
    }
    captureRound = captureEpoch == 0 ? nextRound++ : 0;
    captureDigest = null;
    captureOutputSinceNs = holdsOutput ? outputSinceNs : 0;
    outputSinceNs = 0;
    if (kind != CaptureKind.ROUND) {
      cutGate(kind, captureEpoch);
      captureDigest = digestIfDue(captureEpoch);
    }
    settledAtPause = kind.pausesGuest() ? settled : Long.MAX_VALUE;
    capture = newCapture;
    captureNs = clock.nanoTime();
    pacer.onResumed(captureNs);
    captured = true;
    wakeAgent.run();
  }

  @Override
  public void resumed(long pauseNs) {
    pacer.onResumed(clock.nanoTime(), pauseNs);
    if (captureEpoch > 0) {
      metrics.onResumed(pauseNs);
    }
  }

  private void cutGate(CaptureKind kind, long epoch) {
    if (epoch == 0) {
      released = ReleaseOrder.NOTHING;
    }
    if (kind == CaptureKind.GATE) {
      holdsOutput = true;
      guest.localGate().close();
    } else if (holdsOutput) {
      guest.localGate().cut(epoch);
    }
  }

  private byte[] digestIfDue(long epoch) {
    MemorySegment memory = guest.memory().segment();
    if (!verify.isDue(epoch)) {
      return null;
    }
    byte[] digest = MemoryDigest.of(memory);
    digests.accept(digest, epoch);
    return digest;
  }

  @Override
  public boolean offerOutput(
      long sessionId, DirectBuffer buffer, int offset, int length, long afterInput) {
    boolean taken = outputs.offer(sessionId, buffer, offset, length, afterInput);
    wakeAgent.run();
    return taken;
  }

  @Override
  public boolean offerMirrored(
      long sequence, long stampNs, long sessionId, DirectBuffer buffer, int offset, int length) {
    boolean taken = mirror.offer(sequence, stampNs, sessionId, buffer, offset, length);
    if (taken) {
      wakeAgent.run();
    }
    return taken;
  }

  @Override
  public void guestEnded(String reason) {
    ended.compareAndSet(null, reason);
    wakeAgent.run();
  }

  @Override
  public void protectionBroken(String reason) {
    BrokenCopy known = broken;
    if (known == null || known.copy() != pacer.copy()) {
      broken = new BrokenCopy(pacer.copy(), reason);
      wakeAgent.run();
    }
  }

  @Override
  public void guestFailed(Throwable cause) {
    failure.compareAndSet(null, cause);
    wakeAgent.run();
  }

  // ---- on the agent's thread

  void startCopy(long newCopy) {
    copy = newCopy;
    releasable.reset();
    control.request(copy, CaptureKind.NONE);
  }

  void stopCopy() {
    isAsked = false;
    control.request(copy, CaptureKind.NONE);
  }

  void request(CaptureKind kind) {
    isAsked = kind != CaptureKind.NONE;
    control.request(copy, kind);
    guest.wakeUp();
  }

  void resume(CaptureKind kind) {
    control.resume(copy, kind);
    guest.wakeUp();
  }

  void onAcked(long epoch) {
    control.acked(epoch);
    guest.wakeUp();
  }

  void releaseUpTo(long epoch) {
    releasable.upTo(epoch);
    guest.wakeUp();
  }

  /** In each cycle in which output may leave: what was ordered before still holds. */
  void confirmRelease(long nowNs) {
    if (releasable.confirm(nowNs)) {
      guest.wakeUp();
    }
  }

  /** Epochs up to this one have left, -1 for none; of a copy before until its first capture. */
  long settledEpoch() {
    return Math.min(settled, settledAtPause);
  }

  /** Whether everything that may leave has had its cycle to do so. */
  boolean isSettled() {
    return settled >= releasable.epoch();
  }

  /** Like {@link #isSettled}; if not, wakes the guest, so that it has that cycle at once. */
  boolean settle() {
    boolean result = isSettled();
    if (!result) {
      guest.wakeUp();
    }
    return result;
  }

  /** Takes the capture that waits; its details can be read until {@link #onReleased}. */
  Capture takeCapture() {
    if (!captured) {
      return null;
    }
    captured = false;
    return capture;
  }

  long captureEpoch() {
    return captureEpoch;
  }

  long captureCopy() {
    return captureCopy;
  }

  int captureRound() {
    return captureRound;
  }

  long captureNs() {
    return captureNs;
  }

  /** When the first output of the epoch began to wait; 0 if there is none. */
  long captureOutputSinceNs() {
    return captureOutputSinceNs;
  }

  byte[] captureDigest() {
    return captureDigest;
  }

  /** The capture was released: the guest may capture again. */
  void onReleased() {
    control.captureReleased();
    guest.wakeUp();
  }

  /** In each cycle of the agent. */
  void watchGuest(long nowNs) {
    if (nowNs - guestLookedNs < GUEST_LOOK_NS) {
      return;
    }
    guestLookedNs = nowNs;
    // A service may be busy with one event for as long as it likes.
    boolean isNeeded = isAsked && !guest.description().gatedOnBackup();
    if (guestWatch.isStuck(nowNs, isHeard, isNeeded)) {
      guestFailed(new IllegalStateException("the guest's thread does nothing any more"));
    }
    isHeard = false;
  }

  /** Why the guest cannot go on here; null while it can. */
  Throwable failure() {
    return failure.get();
  }

  /** Null while none broke. */
  BrokenCopy broken() {
    return broken;
  }

  String endedReason() {
    return ended.get();
  }
}
