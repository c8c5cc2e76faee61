package org.understudy.lab.bench.encode;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.UnsafeApi;

/** Native memory of a benchmark. */
final class Raw {
  static final int PAGE = 4096;

  private Raw() {}

  static long allocate(Arena arena, long bytes) {
    return arena.allocate(bytes, PAGE).address();
  }

  @SuppressWarnings("restricted")
  static ByteBuffer view(long address, int bytes) {
    return MemorySegment.ofAddress(address)
        .reinterpret(bytes)
        .asByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  static void copy(long from, long to, long bytes) {
    UnsafeApi.copyMemory(from, to, bytes);
  }

  static long getLong(long address) {
    return UnsafeApi.getLong(address);
  }

  static int getByte(long address) {
    return UnsafeApi.getByte(address) & 0xFF;
  }

  static void putByte(long address, int value) {
    UnsafeApi.putByte(address, (byte) value);
  }

  static boolean equalPages(long left, long right) {
    for (int at = 0; at < PAGE; at += Long.BYTES) {
      if (getLong(left + at) != getLong(right + at)) {
        return false;
      }
    }
    return true;
  }

  static long putVarint(long to, int value) {
    long at = to;
    int rest = value;
    while ((rest & ~0x7F) != 0) {
      putByte(at++, rest | 0x80);
      rest >>>= 7;
    }
    putByte(at++, rest);
    return at;
  }
}
