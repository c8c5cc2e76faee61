package org.understudy.kv;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Decimal numbers as Redis takes them: an optional minus, no leading zeros, no blanks, within 64
 * bits.
 */
final class Decimal {
  /** Digits and sign of the longest number. */
  static final int MAX_BYTES = 20;

  private Decimal() {}

  /** Whether the bytes are such a number. */
  static boolean isLong(DirectBuffer buffer, int offset, int length) {
    if (length <= 0 || length > MAX_BYTES) {
      return false;
    }
    if (length == 1) {
      return isDigit(buffer.getByte(offset));
    }
    boolean negative = buffer.getByte(offset) == '-';
    int at = negative ? offset + 1 : offset;
    if (buffer.getByte(at) == '0' || offset + length - at > 19) {
      return false;
    }
    for (int i = at; i < offset + length; i++) {
      if (!isDigit(buffer.getByte(i))) {
        return false;
      }
    }
    // Nineteen digits fit an unsigned word: it tells whether they fit a signed one.
    long magnitude = magnitude(buffer, at, offset + length);
    return magnitude >= 0 || negative && magnitude == Long.MIN_VALUE;
  }

  /** The number; only after {@link #isLong}. */
  static long value(DirectBuffer buffer, int offset, int length) {
    boolean negative = buffer.getByte(offset) == '-';
    long magnitude = magnitude(buffer, negative ? offset + 1 : offset, offset + length);
    return negative ? -magnitude : magnitude;
  }

  /** Writes a number and returns its length. */
  static int put(MutableDirectBuffer buffer, int offset, long value) {
    return buffer.putLongAscii(offset, value);
  }

  private static long magnitude(DirectBuffer buffer, int from, int to) {
    long magnitude = 0;
    for (int i = from; i < to; i++) {
      magnitude = magnitude * 10 + (buffer.getByte(i) - '0');
    }
    return magnitude;
  }

  private static boolean isDigit(byte value) {
    return value >= '0' && value <= '9';
  }
}
