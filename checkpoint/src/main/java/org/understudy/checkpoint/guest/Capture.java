package org.understudy.checkpoint.guest;

import org.agrona.DirectBuffer;

/**
 * Everything that changed in one epoch, cut at one instant between two events of the guest. The
 * primary encodes it while the guest runs on, then calls {@link #release}. At most one capture is
 * unreleased at any time; the guest is not asked for another before.
 */
public interface Capture {
  /** What kind of capture this is. */
  CaptureKind kind();

  /** Dirty pages. */
  CapturedPages pages();

  /** Opaque device state, bytes 0 to {@link #deviceStateLength}; empty for most services. */
  DirectBuffer deviceState();

  /** Bytes of device state. */
  int deviceStateLength();

  /**
   * Output of the epoch for the gate on the backup, as a sequence of {@link OutputRecords}; empty
   * for guests that are gated on the primary.
   */
  DirectBuffer output();

  /** Bytes of output. */
  int outputLength();

  /**
   * Ordered disk writes of the epoch (opaque records of the guest type); empty for services. In a
   * {@link CaptureKind#ROUND}: those since the round before, and what the initial copy of the disks
   * read meanwhile.
   */
  DirectBuffer diskWrites();

  /** Bytes of disk writes. */
  int diskWritesLength();

  /**
   * Of a {@link CaptureKind#ROUND}: the disks are not copied as a whole yet, so that another round
   * has to follow, however few pages this one has.
   */
  default boolean isCopyUnfinished() {
    return false;
  }

  /** Frames held on the primary at this cut (opaque records); empty for services. */
  DirectBuffer frames();

  /** Bytes of frames. */
  int framesLength();

  /** Sequence of the last input from the backup's log that is consumed in this state. */
  long inputPosition();

  /**
   * What the guest's clock showed at the capture, in nanoseconds: not before the last event that is
   * in this state.
   */
  long stampNs();

  /** Stamp at which the guest wants its next timer event; {@link Long#MAX_VALUE} for none. */
  long nextTimerNs();

  /** All bytes were encoded: buffers and page copies may be used again. Any thread, once. */
  void release();
}
