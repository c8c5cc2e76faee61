package org.understudy.vm.net;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Frames as records, in native memory that grows by doubling. */
final class FrameBatch {
  private static final int FIRST_BYTES = 64 << 10;

  private final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(FIRST_BYTES));
  private int length;

  /** Where the first record is that has not left. */
  int next;

  /** Number of the epoch that made it, once it is known. */
  long epoch;

  /** Whether somebody reads it as part of a checkpoint. */
  boolean isLent;

  /** Whether all of it has left or was dropped. */
  boolean isDone;

  UnsafeBuffer buffer() {
    return buffer;
  }

  int length() {
    return length;
  }

  int capacity() {
    return buffer.capacity();
  }

  void append(int nic, DirectBuffer frame, int offset, int bytes) {
    reserve(length + FrameRecords.HEADER_BYTES + bytes);
    int at = FrameRecords.putHeader(buffer, length, nic, bytes);
    buffer.putBytes(at, frame, offset, bytes);
    length = at + bytes;
  }

  void clear() {
    length = 0;
    next = 0;
    isLent = false;
    isDone = false;
  }

  private void reserve(int bytes) {
    if (bytes <= buffer.capacity()) {
      return;
    }
    ByteBuffer larger = ByteBuffer.allocateDirect(Math.max(bytes, 2 * buffer.capacity()));
    buffer.getBytes(0, larger, 0, length);
    buffer.wrap(larger);
  }
}
