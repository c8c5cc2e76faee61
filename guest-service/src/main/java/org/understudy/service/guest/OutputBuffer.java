package org.understudy.service.guest;

import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.OutputRecords;
import org.understudy.service.memory.ProtectedMemory;

/**
 * Output as {@link OutputRecords} in one off-heap buffer that grows and is used again. Bytes for
 * the session of the last record extend that record, so that an event with many replies makes one.
 */
final class OutputBuffer implements AutoCloseable {
  private static final int FIRST_CAPACITY = 64 * 1024;

  /** After a burst, a buffer above this size that is used below a quarter is given back. */
  private static final int KEEP_CAPACITY = 4 << 20;

  private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
  private Arena arena;
  private int length;
  private int lastRecord = -1;
  private long lastSession;
  private long epoch;
  private int highWater;

  int length() {
    return length;
  }

  DirectBuffer buffer() {
    return buffer;
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
    highWater = Math.max(length, highWater - (highWater >>> 4));
    length = 0;
    lastRecord = -1;
    if (buffer.capacity() > KEEP_CAPACITY && highWater < buffer.capacity() / 4) {
      close();
    }
  }

  @Override
  public void close() {
    buffer.wrap(0, 0);
    length = 0;
    lastRecord = -1;
    if (arena != null) {
      arena.close();
      arena = null;
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
    long needed = (long) length + count;
    if (needed <= buffer.capacity()) {
      return;
    }
    long doubled = Math.max(FIRST_CAPACITY, 2L * buffer.capacity());
    long capacity = Math.min(Integer.MAX_VALUE - 8L, Math.max(needed, doubled));
    if (needed > capacity) {
      throw new IllegalStateException("output of " + needed + " bytes exceeds one buffer");
    }
    Arena newArena = Arena.ofShared();
    var segment = newArena.allocate(capacity, Long.BYTES);
    UnsafeBuffer larger = new UnsafeBuffer(segment.address(), (int) capacity);
    larger.putBytes(0, buffer, 0, length);
    if (arena != null) {
      arena.close();
    }
    arena = newArena;
    buffer.wrap(segment.address(), (int) capacity);
  }
}
