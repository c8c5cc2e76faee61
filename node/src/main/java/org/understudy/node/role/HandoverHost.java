package org.understudy.node.role;

import org.agrona.DirectBuffer;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.GuestHost;
import org.understudy.checkpoint.guest.GuestLoad;

/**
 * Host of a guest that replays after a takeover: nothing is captured. When the node goes on as a
 * primary, the guest is handed to its agent.
 */
final class HandoverHost implements GuestHost {
  private final Runnable wakeUp;
  private volatile GuestHost next;
  private volatile Throwable failure;
  private volatile String ended;

  HandoverHost(Runnable wakeUp) {
    this.wakeUp = wakeUp;
  }

  void handTo(GuestHost host) {
    next = host;
    if (failure != null) {
      host.guestFailed(failure);
    }
    if (ended != null) {
      host.guestEnded(ended);
    }
  }

  Throwable failure() {
    return failure;
  }

  @Override
  public CaptureKind captureDue(long nowNs, GuestLoad load) {
    GuestHost host = next;
    return host == null ? CaptureKind.NONE : host.captureDue(nowNs, load);
  }

  @Override
  public long outputDueInNs(long nowNs, GuestLoad load) {
    GuestHost host = next;
    return host == null ? 0 : host.outputDueInNs(nowNs, load);
  }

  @Override
  public boolean goesOn() {
    GuestHost host = next;
    return host != null && host.goesOn();
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
    GuestHost host = next;
    return host == null || host.offerOutput(sessionId, buffer, offset, length, afterInput);
  }

  @Override
  public boolean offerMirrored(
      long sequence, long stampNs, long sessionId, DirectBuffer buffer, int offset, int length) {
    GuestHost host = next;
    return host != null && host.offerMirrored(sequence, stampNs, sessionId, buffer, offset, length);
  }

  @Override
  public void guestEnded(String reason) {
    ended = reason;
    GuestHost host = next;
    if (host != null) {
      host.guestEnded(reason);
    }
  }

  @Override
  public void protectionBroken(String reason) {
    GuestHost host = next;
    if (host != null) {
      host.protectionBroken(reason);
    }
  }

  @Override
  public void guestFailed(Throwable cause) {
    failure = cause;
    GuestHost host = next;
    if (host != null) {
      host.guestFailed(cause);
    }
    wakeUp.run();
  }
}
