package org.understudy.checkpoint.codec.encode;

import org.understudy.checkpoint.codec.format.Mem;

/**
 * Run lengths of one page against its old content, in the manner of XBZRLE: unchanged bytes to
 * skip, changed bytes that follow, again and again; what is behind the last run is unchanged.
 */
final class XorRle {
  private XorRle() {}

  /**
   * Writes the runs; returns the address behind them, or 0 when they would take {@code maxBytes} or
   * more.
   */
  static long encode(long old, long page, long to, int maxBytes) {
    long out = to;
    long limit = to + maxBytes;
    int at = 0;
    while (at < Mem.PAGE) {
      int changed = nextChanged(old, page, at);
      if (changed == Mem.PAGE) {
        return out;
      }
      int end = nextEqual(old, page, changed);
      int length = end - changed;
      if (out + 4 + length >= limit) {
        return 0;
      }
      out = Mem.putVarint(out, changed - at);
      out = Mem.putVarint(out, length);
      for (int i = 0; i < length; i++) {
        Mem.putByte(out + i, Mem.getUnsignedByte(page + changed + i));
      }
      out += length;
      at = end;
    }
    return out;
  }

  private static int nextChanged(long old, long page, int from) {
    int at = from;
    while (at < Mem.PAGE && (at & 7) != 0) {
      if (Mem.getUnsignedByte(old + at) != Mem.getUnsignedByte(page + at)) {
        return at;
      }
      at++;
    }
    while (at < Mem.PAGE) {
      long x = Mem.getLong(old + at) ^ Mem.getLong(page + at);
      if (x != 0) {
        return at + (Long.numberOfTrailingZeros(x) >>> 3);
      }
      at += Long.BYTES;
    }
    return at;
  }

  private static int nextEqual(long old, long page, int from) {
    int at = from;
    while (at < Mem.PAGE && Mem.getUnsignedByte(old + at) != Mem.getUnsignedByte(page + at)) {
      at++;
    }
    return at;
  }
}
