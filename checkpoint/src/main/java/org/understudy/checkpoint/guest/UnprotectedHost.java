package org.understudy.checkpoint.guest;

import java.util.concurrent.CountDownLatch;
import org.agrona.DirectBuffer;

/** Host of a guest that nobody protects: nothing is ever captured. */
public final class UnprotectedHost implements GuestHost {
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile Throwable failure;

  /** Why the guest cannot go on, or null; any thread. */
  public Throwable failure() {
    return failure;
  }

  /** Waits until the guest has ended or failed; any thread. */
  public void awaitEnd() throws InterruptedException {
    ended.await();
  }

  @Override
  public CaptureKind captureDue(long nowNs, GuestLoad load) {
    return CaptureKind.NONE;
  }

  @Override
  public void captured(Capture capture) {
    throw new IllegalStateException("nothing was to be captured");
  }

  @Override
  public void resumed(long pauseNs) {
    throw new IllegalStateException("nothing was to be captured");
  }

  @Override
  public boolean offerOutput(
      long sessionId, DirectBuffer buffer, int offset, int length, long afterInput) {
    throw new IllegalStateException("nothing was to be streamed");
  }

  @Override
  public boolean offerMirrored(
      long sequence, long stampNs, long sessionId, DirectBuffer buffer, int offset, int length) {
    return false;
  }

  @Override
  public void guestEnded(String reason) {
    ended.countDown();
  }

  @Override
  public void guestFailed(Throwable cause) {
    failure = cause;
    ended.countDown();
  }
}
