package org.understudy.simulation.agents;

import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.track.CapturedSet;

/** One capture of the simulated guest; its device state is the number of what was captured. */
record AgentCapture(
    CaptureKind kind,
    CapturedSet pages,
    UnsafeBuffer deviceState,
    UnsafeBuffer output,
    long inputPosition,
    long stampNs,
    Runnable onRelease)
    implements Capture {
  static final UnsafeBuffer NOTHING = new UnsafeBuffer(new byte[0]);

  static UnsafeBuffer number(long number) {
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[Long.BYTES]);
    buffer.putLong(0, number, ByteOrder.LITTLE_ENDIAN);
    return buffer;
  }

  @Override
  public int deviceStateLength() {
    return deviceState.capacity();
  }

  @Override
  public int outputLength() {
    return output.capacity();
  }

  @Override
  public UnsafeBuffer diskWrites() {
    return NOTHING;
  }

  @Override
  public int diskWritesLength() {
    return 0;
  }

  @Override
  public UnsafeBuffer frames() {
    return NOTHING;
  }

  @Override
  public int framesLength() {
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
