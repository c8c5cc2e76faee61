package org.understudy.service.guest;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.OutputRecords;
import org.understudy.checkpoint.memory.BurstBuffer;
import org.understudy.service.memory.ProtectedMemory;

/**
 * Output as {@link OutputRecords} in one bounded off-heap buffer that is used again. Bytes for the
 * session of the last record extend that record, so that an event with many replies makes one.
 */
final class OutputBuffer implements AutoCloseable {
  private static final DirectBuffer NOTHING = new UnsafeBuffer(0, 0);

  private final int limitBytes;
  private BurstBuffer bytes;
  private UnsafeBuffer buffer;
  private int length;
  private int lastRecord = -1;
  private long lastSession;
  private long epoch;

  /** An empty buffer; takes nothing before its first record. */
  OutputBuffer(int limitBytes) {
    this.limitBytes = limitBytes;
  }

  int length() {
    return length;
  }

  DirectBuffer buffer() {
    return buffer == null ? NOTHING : buffer;
  }

  /** The epoch that this output belongs to, once it was cut. */
  long epoch() {
    return epoch;
  }

  void epoch(long cutEpoch) {
    epoch = cutEpoch;
  }

  void append(long sessionId, DirectBuffer source, int offset, int count) {
    int at = reserve(sessionId, count);
    buffer.putBytes(at, source, offset, count);
  }

  void append(long sessionId, ProtectedMemory memory, long offset, int count) {
    int at = reserve(sessionId, count);
    memory.getBytes(offset, buffer, at, count);
  }

  void appendClose(long sessionId) {
    ensure(OutputRecords.HEADER_BYTES);
    OutputRecords.putHeader(buffer, length, sessionId, OutputRecords.CLOSE);
    length += OutputRecords.HEADER_BYTES;
    lastRecord = -1;
  }

  /** Session of the record at this offset. */
  long sessionAt(int record) {
    return buffer.getLong(record, ByteOrder.LITTLE_ENDIAN);
  }

  /** Payload bytes of the record at this offset, or {@link OutputRecords#CLOSE}. */
  int lengthAt(int record) {
    return buffer.getInt(record + Long.BYTES, ByteOrder.LITTLE_ENDIAN);
  }

  void clear() {
    if (bytes != null) {
      use();
      bytes.clear();
    }
    length = 0;
    lastRecord = -1;
  }

  /** Empties it for a while. */
  void rest() {
    if (bytes != null) {
      use();
      bytes.rest();
    }
    length = 0;
    lastRecord = -1;
  }

  private void use() {
    bytes.advance(length - bytes.length());
  }

  @Override
  public void close() {
    rest();
    if (bytes != null) {
      bytes.close();
    }
  }

  private int reserve(long sessionId, int count) {
    if (lastRecord >= 0 && lastSession == sessionId) {
      ensure(count);
      int at = length;
      length += count;
      int payload = length - lastRecord - OutputRecords.HEADER_BYTES;
      OutputRecords.putHeader(buffer, lastRecord, sessionId, payload);
      return at;
    }
    ensure(OutputRecords.HEADER_BYTES + count);
    lastRecord = length;
    lastSession = sessionId;
    int at = OutputRecords.putHeader(buffer, length, sessionId, count);
    length = at + count;
    return at;
  }

  private void ensure(int count) {
    if (bytes == null) {
      bytes = new BurstBuffer("output", limitBytes);
      buffer = bytes.buffer();
    }
    if ((long) length + count > limitBytes) {
      throw new IllegalStateException(
          "output of "
              + ((long) length + count)
              + " bytes exceeds its buffer of "
              + limitBytes
              + ": one event made too many replies");
    }
  }
}
