package org.understudy.vm.guest;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.DirectBuffer;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.CapturedPages;
import org.understudy.checkpoint.guest.GuestHost;
import org.understudy.checkpoint.guest.GuestLoad;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.vm.Await;
import org.understudy.vm.running.VmGuest;
import org.understudy.vm.standby.VmStandby;

/** Has captures made one by one and puts them into an image, as engine and wire do. */
public final class CopyHost implements GuestHost {
  private static final int PAGE_BYTES = 4096;

  private final AtomicReference<CaptureKind> wanted = new AtomicReference<>(CaptureKind.NONE);
  volatile Error throwInCaptured;
  private volatile Capture captured;
  private volatile Throwable failure;
  private volatile String ended;
  private volatile String broken;
  private volatile int resumes;

  /** One capture, to be released by the caller. */
  public Capture capture(VmGuest guest, CaptureKind kind) throws Exception {
    captured = null;
    wanted.set(kind);
    guest.wakeUp();
    Await.until("a capture", () -> captured != null || failure != null);
    if (failure != null) {
      throw new AssertionError("the guest failed", failure);
    }
    return captured;
  }

  /** The same, or null where the copy breaks. */
  Capture captureOrBroken(VmGuest guest, CaptureKind kind) throws Exception {
    captured = null;
    wanted.set(kind);
    guest.wakeUp();
    Await.until("a capture", () -> captured != null || broken != null || failure != null);
    if (captured == null) {
      wanted.set(CaptureKind.NONE);
    }
    return captured;
  }

  /** What was told before. */
  void forget() {
    broken = null;
  }

  /** One checkpoint, committed and applied. */
  public void commit(VmGuest guest, VmStandby standby, GuestMemory image, long epoch)
      throws Exception {
    Capture capture = capture(guest, CaptureKind.CHECKPOINT);
    standby.deviceState(epoch, capture.deviceState(), capture.deviceStateLength());
    standby.commit(
        epoch,
        capture.diskWrites(),
        capture.diskWritesLength(),
        capture.frames(),
        capture.framesLength());
    copyPages(capture, image);
    standby.applied(epoch);
    capture.release();
  }

  /** Its pages, into the image. */
  @SuppressWarnings("restricted") // the page's address is what a capture gives
  static void copyPages(Capture capture, GuestMemory image) {
    CapturedPages pages = capture.pages();
    for (int i = 0; i < pages.count(); i++) {
      MemorySegment page = MemorySegment.ofAddress(pages.acquire(i)).reinterpret(PAGE_BYTES);
      MemorySegment.copy(page, 0, image.segment(), (long) pages.page(i) * PAGE_BYTES, PAGE_BYTES);
      pages.release(i);
    }
  }

  public Throwable failure() {
    return failure;
  }

  String broken() {
    return broken;
  }

  /** Pauses that are over, and counted. */
  public int resumes() {
    return resumes;
  }

  public String ended() {
    return ended;
  }

  @Override
  public CaptureKind captureDue(long nowNs, GuestLoad load) {
    return wanted.get();
  }

  @Override
  public void captured(Capture capture) {
    Error planted = throwInCaptured;
    if (planted != null) {
      throwInCaptured = null;
      throw planted;
    }
    wanted.set(CaptureKind.NONE);
    captured = capture;
  }

  @Override
  public void resumed(long pauseNs) {
    resumes++; // nobody paces here
  }

  @Override
  public boolean offerOutput(
      long sessionId, DirectBuffer buffer, int offset, int length, long afterInput) {
    return true;
  }

  @Override
  public boolean offerMirrored(
      long sequence, long stampNs, long sessionId, DirectBuffer buffer, int offset, int length) {
    return true;
  }

  @Override
  public void guestEnded(String reason) {
    ended = reason;
  }

  @Override
  public void protectionBroken(String reason) {
    broken = reason;
  }

  @Override
  public void guestFailed(Throwable cause) {
    failure = cause;
  }
}
