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
    Sections sections,
    long inputPosition,
    long stampNs,
    Runnable onRelease)
    implements Capture {
  static final UnsafeBuffer NOTHING = new UnsafeBuffer(new byte[0]);

  /** What is carried beside pages and state. */
  record Sections(
      UnsafeBuffer output, UnsafeBuffer diskWrites, UnsafeBuffer frames, boolean isCopyUnfinished) {
    static final Sections NONE = new Sections(NOTHING, NOTHING, NOTHING, false);

    static Sections ofOutput(UnsafeBuffer output) {
      return new Sections(output, NOTHING, NOTHING, false);
    }

    static Sections ofRound(UnsafeBuffer diskWrites, boolean isCopyUnfinished) {
      return new Sections(NOTHING, diskWrites, NOTHING, isCopyUnfinished);
    }

    static Sections ofMachine(UnsafeBuffer diskWrites, UnsafeBuffer frames) {
      return new Sections(NOTHING, diskWrites, frames, false);
    }
  }

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
  public UnsafeBuffer output() {
    return sections.output;
  }

  @Override
  public int outputLength() {
    return sections.output.capacity();
  }

  @Override
  public UnsafeBuffer diskWrites() {
    return sections.diskWrites;
  }

  @Override
  public int diskWritesLength() {
    return sections.diskWrites.capacity();
  }

  @Override
  public boolean isCopyUnfinished() {
    return sections.isCopyUnfinished;
  }

  @Override
  public UnsafeBuffer frames() {
    return sections.frames;
  }

  @Override
  public int framesLength() {
    return sections.frames.capacity();
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
