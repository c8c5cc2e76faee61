package org.understudy.service.guest;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.CapturedPages;
import org.understudy.checkpoint.track.CapturedSet;

/**
 * One cut of a service. The same object for all captures of one protection, one after the other.
 */
final class ServiceCapture implements Capture {
  private final DirectBuffer nothing = new UnsafeBuffer(0, 0);
  private final Runnable onReleased;
  private OutputBuffer output;
  private CaptureKind kind = CaptureKind.NONE;
  private CapturedSet pages;
  private long inputPosition;
  private long stampNs;
  private long nextTimerNs;
  private volatile boolean released = true;

  /**
   * No cut yet.
   *
   * @param outputBytes most output of one epoch
   */
  ServiceCapture(Runnable onReleased, int outputBytes) {
    this.onReleased = onReleased;
    output = new OutputBuffer(outputBytes);
  }

  /** Begins a new cut: takes the output of the epoch, gives an empty buffer for the next. */
  OutputBuffer open(CaptureKind newKind, CapturedSet newPages, OutputBuffer epochOutput) {
    kind = newKind;
    pages = newPages;
    OutputBuffer next = output;
    next.clear();
    output = epochOutput;
    return next;
  }

  /** Begins a round of the initial copy, which takes no output along. */
  void openRound(CapturedSet newPages) {
    kind = CaptureKind.ROUND;
    pages = newPages;
    output.clear();
  }

  /** Completes the cut: from here on the encoder may have it. */
  void at(long newInputPosition, long newStampNs, long newNextTimerNs) {
    inputPosition = newInputPosition;
    stampNs = newStampNs;
    nextTimerNs = newNextTimerNs;
    released = false;
  }

  boolean isReleased() {
    return released;
  }

  @Override
  public CaptureKind kind() {
    return kind;
  }

  @Override
  public CapturedPages pages() {
    return pages;
  }

  @Override
  public DirectBuffer deviceState() {
    return nothing;
  }

  @Override
  public int deviceStateLength() {
    return 0;
  }

  @Override
  public DirectBuffer output() {
    return output.buffer();
  }

  @Override
  public int outputLength() {
    return output.length();
  }

  @Override
  public DirectBuffer diskWrites() {
    return nothing;
  }

  @Override
  public int diskWritesLength() {
    return 0;
  }

  @Override
  public DirectBuffer frames() {
    return nothing;
  }

  @Override
  public int framesLength() {
    return 0;
  }

  @Override
  public long inputPosition() {
    return inputPosition;
  }

  @Override
  public long stampNs() {
    return stampNs;
  }

  @Override
  public long nextTimerNs() {
    return nextTimerNs;
  }

  @Override
  public void release() {
    if (!released) {
      pages.releaseAll();
      released = true;
      onReleased.run();
    }
  }

  /** Gives back memory; the capture must not be read any more. */
  void free() {
    released = true;
    output.close();
  }
}
