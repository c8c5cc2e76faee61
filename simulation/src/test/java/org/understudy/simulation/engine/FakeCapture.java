package org.understudy.simulation.engine;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.track.CapturedSet;

/** One capture of the fake guest. */
record FakeCapture(
    CaptureKind kind,
    CapturedSet pages,
    UnsafeBuffer deviceState,
    UnsafeBuffer output,
    UnsafeBuffer diskWrites,
    UnsafeBuffer frames,
    long inputPosition,
    boolean isCopyUnfinished,
    Error encodeError,
    Runnable onRelease)
    implements Capture {
  static final UnsafeBuffer NOTHING = new UnsafeBuffer(new byte[0]);

  /** Packed little-endian numbers. */
  static UnsafeBuffer pack(long... numbers) {
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[numbers.length * Long.BYTES]);
    for (int i = 0; i < numbers.length; i++) {
      buffer.putLong(i * Long.BYTES, numbers[i], ByteOrder.LITTLE_ENDIAN);
    }
    return buffer;
  }

  static long[] unpack(DirectBuffer buffer, int length) {
    long[] numbers = new long[length / Long.BYTES];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = buffer.getLong(i * Long.BYTES, ByteOrder.LITTLE_ENDIAN);
    }
    return numbers;
  }

  @Override
  public int deviceStateLength() {
    if (encodeError != null) {
      throw encodeError;
    }
    return deviceState.capacity();
  }

  @Override
  public int outputLength() {
    return output.capacity();
  }

  @Override
  public int diskWritesLength() {
    return diskWrites.capacity();
  }

  @Override
  public int framesLength() {
    return frames.capacity();
  }

  @Override
  public long stampNs() {
    return inputPosition;
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
