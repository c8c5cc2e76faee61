package org.understudy.vm.disk.primary;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.vm.disk.record.DiskRecordKind;
import org.understudy.vm.disk.record.DiskRecords;

/** Native memory that grows by doubling up to a limit and holds the records of one epoch. */
final class LogBuffer implements AutoCloseable {
  private static final int FIRST_BYTES = 1 << 20;

  private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
  private final int limitBytes;
  private Arena arena;
  private MemorySegment memory = MemorySegment.NULL;
  private int length;

  LogBuffer(int limitBytes) {
    this.limitBytes = limitBytes;
  }

  UnsafeBuffer buffer() {
    return buffer;
  }

  int length() {
    return length;
  }

  int capacity() {
    return (int) memory.byteSize();
  }

  /** Appends a record; false when that would go beyond the limit. */
  boolean append(DiskRecordKind kind, int disk, long offset, long range, ByteBuffer data) {
    int bytes = data == null ? 0 : data.remaining();
    long end = (long) length + DiskRecords.HEADER_BYTES + bytes;
    if (end > limitBytes) {
      return false;
    }
    reserve((int) end);
    int at = DiskRecords.putHeader(buffer, length, kind, disk, offset, range);
    if (bytes > 0) {
      buffer.putBytes(at, data, data.position(), bytes);
    }
    length = (int) end;
    return true;
  }

  private void reserve(int bytes) {
    if (bytes <= capacity()) {
      return;
    }
    long wanted = Math.max(FIRST_BYTES, capacity());
    while (wanted < bytes) {
      wanted *= 2;
    }
    Arena next = Arena.ofShared();
    MemorySegment larger = next.allocate(Math.min(wanted, limitBytes), Long.BYTES);
    larger.copyFrom(memory.asSlice(0, length));
    close();
    arena = next;
    memory = larger;
    buffer.wrap(memory.address(), capacity());
  }

  void clear() {
    length = 0;
  }

  /** Gives the memory back; it may be used again. */
  @Override
  public void close() {
    if (arena != null) {
      arena.close();
      arena = null;
      memory = MemorySegment.NULL;
      buffer.wrap(0, 0);
    }
  }
}
