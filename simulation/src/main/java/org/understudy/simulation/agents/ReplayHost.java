package org.understudy.simulation.agents;

import org.agrona.DirectBuffer;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.GuestHost;
import org.understudy.checkpoint.guest.GuestLoad;

/** Host of a guest that replays after a takeover, until it is handed to a primary's agent. */
public final class ReplayHost implements GuestHost {
  private GuestHost next;
  private Throwable failure;

  /** The guest goes on under this host. */
  public void handTo(GuestHost host) {
    next = host;
    if (failure != null) {
      host.guestFailed(failure);
    }
  }

  /** Why the guest cannot go on, or null. */
  public Throwable failure() {
    return failure;
  }

  @Override
  public CaptureKind captureDue(long nowNs, GuestLoad load) {
    return next == null ? CaptureKind.NONE : next.captureDue(nowNs, load);
  }

  @Override
  public boolean goesOn() {
    return next != null && next.goesOn();
  }

  @Override
  public void captured(Capture capture) {
    next.captured(capture);
  }

  @Override
  public void resumed(long pauseNs) {
    next.resumed(pauseNs);
  }

  @Override
  public boolean offerOutput(
      long sessionId, DirectBuffer buffer, int offset, int length, long afterInput) {
    return next == null || next.offerOutput(sessionId, buffer, offset, length, afterInput);
  }

  @Override
  public boolean offerMirrored(
      long sequence, long stampNs, long sessionId, DirectBuffer buffer, int offset, int length) {
    return next != null && next.offerMirrored(sequence, stampNs, sessionId, buffer, offset, length);
  }

  @Override
  public void protectionBroken(String reason) {
    if (next != null) {
      next.protectionBroken(reason);
    }
  }

  @Override
  public void guestEnded(String reason) {}

  @Override
  public void guestFailed(Throwable cause) {
    failure = cause;
    if (next != null) {
      next.guestFailed(cause);
    }
  }
}
