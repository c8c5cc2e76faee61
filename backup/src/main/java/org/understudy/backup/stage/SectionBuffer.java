package org.understudy.backup.stage;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.memory.BurstBuffer;

/** One section of a checkpoint, off the heap and bounded; kept between epochs. */
final class SectionBuffer {
  private final String name;
  private final BurstBuffer bytes;

  SectionBuffer(String name, int limitBytes) {
    this.name = name;
    this.bytes = new BurstBuffer("section " + name, limitBytes);
  }

  DirectBuffer buffer() {
    return bytes.buffer();
  }

  int length() {
    return bytes.length();
  }

  void clear() {
    bytes.clear();
  }

  /** Makes room for that many bytes at the end and returns the buffer to write them into. */
  UnsafeBuffer reserve(int more) {
    if (!bytes.hasRoom(more)) {
      throw new CorruptCheckpointException(
          "section "
              + name
              + " grows to "
              + ((long) bytes.length() + more)
              + " bytes, the limit is "
              + bytes.limitBytes()
              + ": give both nodes the same guest and limits");
    }
    return bytes.buffer();
  }

  void advance(int more) {
    bytes.advance(more);
  }

  int touchedBytes() {
    return bytes.touchedBytes();
  }

  void close() {
    bytes.close();
  }
}
