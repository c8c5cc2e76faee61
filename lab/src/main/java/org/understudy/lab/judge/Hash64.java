package org.understudy.lab.judge;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A 64-bit hash that stands for a value in the checker, by folded multiplication. Values are unique
 * by construction; a false match has a chance of about 2^-64 per pair.
 */
final class Hash64 {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long SEED = 0x9E3779B97F4A7C15L;
  private static final long FACTOR = 0xD6E8FEB86659FD93L;

  private Hash64() {}

  static long of(byte[] bytes) {
    return of(bytes, 0, bytes.length);
  }

  static long of(byte[] bytes, int from, int length) {
    long hash = SEED ^ length;
    int at = from;
    int end = from + length;
    for (; end - at >= Long.BYTES; at += Long.BYTES) {
      hash = fold(hash ^ (long) LONGS.get(bytes, at));
    }
    long rest = 0;
    for (; at < end; at++) {
      rest = rest << 8 | bytes[at] & 0xFF;
    }
    return fold(fold(hash ^ rest) ^ FACTOR);
  }

  private static long fold(long value) {
    long mixed = value + SEED;
    return Math.unsignedMultiplyHigh(mixed, FACTOR) ^ mixed * FACTOR;
  }
}
