package org.understudy.checkpoint.codec.encode;

import org.understudy.checkpoint.codec.format.BatchFormat;
import org.understudy.checkpoint.codec.format.Mem;

/** Works on every JVM, eight bytes at a time. */
public final class ScalarPageDiff implements PageDiff {
  static final long LOW_7 = 0x7F7F7F7F7F7F7F7FL;
  static final long HIGH = 0x8080808080808080L;
  private static final long GATHER = 0x0102040810204080L;

  @Override
  public long changedBlocks(long oldPage, long newPage) {
    long mask = 0;
    for (int block = 0; block < 64; block++) {
      mask |= changed(oldPage, newPage, block) << block;
    }
    return mask;
  }

  static long changedAmong(long oldPage, long newPage, long among) {
    long mask = 0;
    for (long rest = among; rest != 0; rest &= rest - 1) {
      int block = Long.numberOfTrailingZeros(rest);
      mask |= changed(oldPage, newPage, block) << block;
    }
    return mask;
  }

  /** 1 if the 64-byte block differs, else 0. */
  private static long changed(long oldPage, long newPage, int block) {
    long o = oldPage + (block << 6);
    long n = newPage + (block << 6);
    long x =
        Mem.getLong(o) ^ Mem.getLong(n)
            | Mem.getLong(o + 8) ^ Mem.getLong(n + 8)
            | Mem.getLong(o + 16) ^ Mem.getLong(n + 16)
            | Mem.getLong(o + 24) ^ Mem.getLong(n + 24)
            | Mem.getLong(o + 32) ^ Mem.getLong(n + 32)
            | Mem.getLong(o + 40) ^ Mem.getLong(n + 40)
            | Mem.getLong(o + 48) ^ Mem.getLong(n + 48)
            | Mem.getLong(o + 56) ^ Mem.getLong(n + 56);
    return (x | -x) >>> 63;
  }

  @Override
  public void putWords(long oldPage, long newPage, long blocks, WordSink sink, int mode) {
    long wordMasks = sink.wordMasks;
    long byteMasks = sink.byteMasks;
    long values = sink.values;
    for (long rest = blocks; rest != 0; rest &= rest - 1) {
      int block = Long.numberOfTrailingZeros(rest) << 6;
      int words = 0;
      for (int word = 0; word < 8; word++) {
        int at = block + (word << 3);
        long n = Mem.getLong(newPage + at);
        long o = Mem.getLong(oldPage + at);
        if (n != o) {
          words |= 1 << word;
          long difference = mode == BatchFormat.MODE_SUB ? zigzag(n - o) : n ^ o;
          long changed = nonZeroBytes(difference);
          long value = mode == BatchFormat.MODE_RAW ? n : difference;
          Mem.putByte(byteMasks++, gather(changed));
          Mem.putLong(values, Long.compress(value, (changed >>> 7) * 255));
          values += Long.bitCount(changed);
        }
      }
      Mem.putByte(wordMasks++, words);
    }
    sink.wordMasks = wordMasks;
    sink.byteMasks = byteMasks;
    sink.values = values;
  }

  @Override
  public String name() {
    return "scalar";
  }

  static long zigzag(long value) {
    return value << 1 ^ value >> 63;
  }

  /** The high bit of each byte that is not zero. */
  static long nonZeroBytes(long value) {
    return ((value & LOW_7) + LOW_7 | value) & HIGH;
  }

  /** The high bits of the eight bytes as one byte. */
  static int gather(long highBits) {
    return (int) ((highBits >>> 7) * GATHER >>> 56);
  }
}
