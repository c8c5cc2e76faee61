package org.understudy.backup.stage;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A growing off-heap buffer with a limit; kept between epochs, so that it stops growing. */
final class SectionBuffer {
  private static final int INITIAL_BYTES = 64 * 1024;

  private final String name;
  private final int limitBytes;
  private UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(INITIAL_BYTES));
  private int length;

  SectionBuffer(String name, int limitBytes) {
    this.name = name;
    this.limitBytes = limitBytes;
  }

  DirectBuffer buffer() {
    return buffer;
  }

  int length() {
    return length;
  }

  void clear() {
    length = 0;
  }

  /** Makes room for that many bytes at the end and returns the buffer to write them into. */
  UnsafeBuffer reserve(int bytes) {
    long needed = (long) length + bytes;
    if (needed > limitBytes) {
      throw new CorruptCheckpointException(
          "section "
              + name
              + " grows to "
              + needed
              + " bytes, the limit is "
              + limitBytes
              + ": capture more often or raise staging.limit");
    }
    if (needed > buffer.capacity()) {
      grow(needed);
    }
    return buffer;
  }

  void advance(int bytes) {
    length += bytes;
  }

  private void grow(long needed) {
    int capacity = (int) Math.min(limitBytes, Math.max(needed, buffer.capacity() * 2L));
    UnsafeBuffer larger = new UnsafeBuffer(ByteBuffer.allocateDirect(capacity));
    larger.putBytes(0, buffer, 0, length);
    buffer = larger;
  }
}
