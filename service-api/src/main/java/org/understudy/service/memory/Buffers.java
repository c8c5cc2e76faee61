package org.understudy.service.memory;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;

/** Copies and comparisons between addresses and Agrona buffers; ranges are checked by callers. */
final class Buffers {
  private Buffers() {}

  /** The array under a buffer, or null. */
  static Object array(DirectBuffer buffer) {
    return buffer instanceof ProtectedView ? null : buffer.byteArray();
  }

  /** Where a buffer's bytes are, relative to its array if it has one. */
  static long address(DirectBuffer buffer, int index) {
    return buffer instanceof ProtectedView view
        ? view.address(index)
        : buffer.addressOffset() + index;
  }

  static void copyFromAddress(long from, MutableDirectBuffer target, int targetOffset, int length) {
    if (target.isExpandable()) {
      target.checkLimit(targetOffset + length);
    }
    target.boundsCheck(targetOffset, length);
    UnsafeApi.copyMemory(null, from, target.byteArray(), address(target, targetOffset), length);
  }

  /** First differing position of two ranges, or -1. */
  static long mismatch(Object a, long atA, Object b, long atB, long length) {
    long i = 0;
    for (; i <= length - Long.BYTES; i += Long.BYTES) {
      long difference = UnsafeApi.getLong(a, atA + i) ^ UnsafeApi.getLong(b, atB + i);
      if (difference != 0) {
        return i + (Long.numberOfTrailingZeros(difference) >>> 3);
      }
    }
    for (; i < length; i++) {
      if (UnsafeApi.getByte(a, atA + i) != UnsafeApi.getByte(b, atB + i)) {
        return i;
      }
    }
    return -1;
  }
}
