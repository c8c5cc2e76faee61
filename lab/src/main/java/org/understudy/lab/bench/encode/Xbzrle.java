package org.understudy.lab.bench.encode;

/**
 * XBZRLE: run lengths of the XOR of old and new page, as QEMU sends them: unchanged run, changed
 * run, changed bytes. A page that does not shrink has length 4096 and is sent whole.
 */
final class Xbzrle {
  private static final int RUN_OVERHEAD = 4;

  private Xbzrle() {}

  /** Writes at most 4096 bytes; returns the address behind them. */
  static long encode(long old, long page, long to) {
    long out = to;
    int at = 0;
    while (at < Raw.PAGE) {
      int changed = skipEqual(old, page, at);
      if (changed == Raw.PAGE) {
        return out;
      }
      int end = changed + 1;
      while (end < Raw.PAGE && Raw.getByte(old + end) != Raw.getByte(page + end)) {
        end++;
      }
      if (out - to + RUN_OVERHEAD + end - changed >= Raw.PAGE) {
        Raw.copy(page, to, Raw.PAGE);
        return to + Raw.PAGE;
      }
      out = Raw.putVarint(out, changed - at);
      out = Raw.putVarint(out, end - changed);
      for (int i = changed; i < end; i++) {
        Raw.putByte(out++, Raw.getByte(page + i));
      }
      at = end;
    }
    return out;
  }

  private static int skipEqual(long old, long page, int from) {
    int at = from;
    while (at < Raw.PAGE) {
      if ((at & 7) == 0) {
        long x = Raw.getLong(old + at) ^ Raw.getLong(page + at);
        if (x != 0) {
          return at + (Long.numberOfTrailingZeros(x) >>> 3);
        }
        at += Long.BYTES;
      } else if (Raw.getByte(old + at) != Raw.getByte(page + at)) {
        return at;
      } else {
        at++;
      }
    }
    return at;
  }

  static void decode(long from, int length, long page) {
    if (length == Raw.PAGE) {
      Raw.copy(from, page, Raw.PAGE);
      return;
    }
    long at = from;
    long to = page;
    while (at < from + length) {
      for (int part = 0; part < 2; part++) {
        int value = 0;
        int shift = 0;
        int next;
        do {
          next = Raw.getByte(at++);
          value |= (next & 0x7F) << shift;
          shift += 7;
        } while (next >= 0x80);
        if (part == 1) {
          Raw.copy(at, to, value);
          at += value;
        }
        to += value;
      }
    }
  }
}
