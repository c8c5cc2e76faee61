package org.understudy.primary.pacing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.understudy.checkpoint.guest.CaptureKind;

/**
 * What the primary's agent tells the pacer on the guest's thread, and the one thing it is told
 * back: that a capture is on its way. Written without locks; each field has one writer, except that
 * {@code busy} is set by the guest's thread and cleared by the agent.
 */
public final class PacerControl {
  private static final VarHandle REQUEST;
  private static final VarHandle ACKED;
  private static final VarHandle BUSY;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      REQUEST = lookup.findVarHandle(PacerControl.class, "request", Request.class);
      ACKED = lookup.findVarHandle(PacerControl.class, "acked", long.class);
      BUSY = lookup.findVarHandle(PacerControl.class, "busy", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * What the agent asks for; a new object for each request, so that the guest's thread sees that it
   * is new.
   *
   * @param copy number of the copy, 0 for none
   * @param kind NONE stops all captures; ROUND asks for one; CHECKPOINT or GATE for one at once,
   *     after which captures follow by pace; FINAL or HANDOVER for the last one
   * @param resumes how often a guest that was paused after its last capture was let go on so far; a
   *     count, so that a request that comes on top takes nothing back
   */
  record Request(long copy, CaptureKind kind, int resumes) {}

  private Request request = new Request(0, CaptureKind.NONE, 0);
  private int resumes;
  private long acked = -1;
  private boolean busy;

  /** Agent: asks for a capture, or stops all of them. */
  public void request(long copy, CaptureKind kind) {
    if (kind == CaptureKind.ROUND) {
      ACKED.setOpaque(this, -1L);
    }
    REQUEST.setRelease(this, new Request(copy, kind, resumes));
  }

  /** Agent: the guest goes on though its last capture was asked for, and is asked for this now. */
  public void resume(long copy, CaptureKind kind) {
    resumes++;
    request(copy, kind);
  }

  /** Agent: epochs up to this one are acked. */
  public void acked(long epoch) {
    ACKED.setOpaque(this, epoch);
  }

  /** Agent: the capture is encoded and released, another one may be taken. */
  public void captureReleased() {
    BUSY.setRelease(this, false);
  }

  Request request() {
    return (Request) REQUEST.getAcquire(this);
  }

  long acked() {
    return (long) ACKED.getOpaque(this);
  }

  boolean isBusy() {
    return (boolean) BUSY.getAcquire(this);
  }

  void captureTaken() {
    BUSY.setOpaque(this, true);
  }
}
