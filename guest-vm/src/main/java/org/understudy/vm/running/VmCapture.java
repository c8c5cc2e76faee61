package org.understudy.vm.running;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.CapturedPages;
import org.understudy.checkpoint.track.CapturedSet;
import org.understudy.vm.device.StateEncoder;
import org.understudy.vm.disk.primary.DiskCut;
import org.understudy.vm.machine.FramesSection;
import org.understudy.vm.net.FrameCut;

/** The capture of one epoch of a machine; one object, used again for each. */
final class VmCapture implements Capture {
  private final StateEncoder encoder = new StateEncoder();
  private final UnsafeBuffer empty = new UnsafeBuffer(new byte[0]);
  private final UnsafeBuffer encodedState = new UnsafeBuffer(new byte[0]);
  private CaptureKind kind = CaptureKind.NONE;
  private CapturedSet pages;
  private ByteBuffer state;
  private boolean isFirstState;
  private boolean isCopyUnfinished;
  private DirectBuffer disk = empty;
  private int diskLength;
  private final ExpandableDirectByteBuffer framesSection = new ExpandableDirectByteBuffer(1 << 16);
  private FrameCut frames;
  private long mirrorPosition;
  private long clockLagNs;
  private long pausedAtUs;
  private int framesLength;
  private volatile Runnable onRelease = () -> {};

  /** A round: pages and disk writes, of no instant in particular. */
  void round(CapturedSet newPages, boolean areDisksCopied) {
    isCopyUnfinished = !areDisksCopied;
    kind = CaptureKind.ROUND;
    pages = newPages;
    state = null;
    frames = null;
    framesLength = 0;
    diskLength = 0;
  }

  /**
   * A checkpoint.
   *
   * @param newState device state, unchanged until the next capture
   * @param first the first one of a copy: its decoder knows nothing yet
   */
  void checkpoint(CaptureKind newKind, CapturedSet newPages, ByteBuffer newState, boolean first) {
    kind = newKind;
    pages = newPages;
    isCopyUnfinished = false;
    state = newState;
    isFirstState = first;
    framesLength = 0;
    diskLength = 0;
  }

  void disk(DiskCut writes) {
    disk = writes.buffer();
    diskLength = writes.length();
  }

  void frames(long newMirrorPosition, FrameCut newFrames) {
    mirrorPosition = newMirrorPosition;
    frames = newFrames;
  }

  /**
   * The guest's clock stands still in this pause.
   *
   * @param lagNs how far it had fallen behind before
   * @param nowUs time of the host
   */
  void clock(long lagNs, long nowUs) {
    clockLagNs = lagNs;
    pausedAtUs = nowUs;
  }

  /** Run once, when the capture is released. */
  void onRelease(Runnable action) {
    onRelease = action;
  }

  @Override
  public CaptureKind kind() {
    return kind;
  }

  @Override
  public boolean isCopyUnfinished() {
    return isCopyUnfinished;
  }

  @Override
  public CapturedPages pages() {
    return pages;
  }

  @Override
  public DirectBuffer deviceState() {
    encodeState();
    return encodedState;
  }

  /** Makes the state small when it is first asked for: outside of the pause. */
  @Override
  public int deviceStateLength() {
    encodeState();
    return kind == CaptureKind.ROUND ? 0 : encodedState.capacity();
  }

  private void encodeState() {
    if (state != null) {
      if (isFirstState) {
        encoder.reset();
      }
      ByteBuffer encoded = encoder.encode(state);
      encodedState.wrap(encoded, 0, encoded.limit());
      state = null;
    }
  }

  @Override
  public DirectBuffer output() {
    return empty;
  }

  @Override
  public int outputLength() {
    return 0;
  }

  @Override
  public DirectBuffer diskWrites() {
    return disk;
  }

  @Override
  public int diskWritesLength() {
    return diskLength;
  }

  @Override
  public DirectBuffer frames() {
    return framesSection;
  }

  /** Put together when it is first asked for: outside of the pause. */
  @Override
  public int framesLength() {
    if (frames != null) {
      framesLength =
          FramesSection.write(
              framesSection,
              mirrorPosition,
              clockLagNs,
              pausedAtUs,
              frames.buffer(),
              frames.length());
      frames = null;
    }
    return framesLength;
  }

  @Override
  public long inputPosition() {
    return 0;
  }

  @Override
  public long stampNs() {
    return 0;
  }

  @Override
  public long nextTimerNs() {
    return Long.MAX_VALUE;
  }

  @Override
  public void release() {
    pages.releaseAll();
    onRelease.run();
  }
}
