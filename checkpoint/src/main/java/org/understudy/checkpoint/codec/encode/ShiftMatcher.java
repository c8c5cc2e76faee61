package org.understudy.checkpoint.codec.encode;

import org.understudy.checkpoint.codec.format.Mem;

/**
 * Describes a page as copies from its own old content, at other offsets, and literals: what moved
 * inside a page (an insert into a B-tree leaf) costs a few bytes. Greedy, with every eighth
 * position of the old page in a hash table.
 */
final class ShiftMatcher implements AutoCloseable {
  private static final int TABLE = 1024;
  private static final int TABLE_SHIFT = 64 - 10;
  private static final int MIN_COPY = 12;

  /** Copies that go on where the last one ended cost less, so they may be shorter. */
  private static final int MIN_COPY_IN_LINE = 8;

  /** Most copies of one page; bounds the operations to 5 bytes each. */
  static final int MAX_COPIES = 200;

  private static final int MANY_COPIES = 16;
  private static final int MIN_AVERAGE_COPY = 20;

  /** Without one copy in so many bytes the page is not a shifted one. */
  private static final int GIVE_UP = 1024;

  /** Places that are looked at first, where in their blocks, and one in how many must be found. */
  private static final int PROBES = 8;

  private static final int PROBE_OFFSET = 24;
  private static final int PROBE_SHARE = 4;

  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private final long table = Mem.allocateZeroed(TABLE * Integer.BYTES);
  private int generation;
  private long ops;
  private long literals;

  /** End of the operations written by the last successful {@link #match}. */
  long opsEnd() {
    return ops;
  }

  /** End of the literals written by the last successful {@link #match}. */
  long literalsEnd() {
    return literals;
  }

  /**
   * Writes operations and literals; true when they take at most {@code maxCost}. What is written
   * otherwise counts for nothing.
   *
   * @param changed the changed blocks
   */
  boolean match(long old, long page, long changed, long opsTo, long literalsTo, int maxCost) {
    fillTable(old);
    if (!isLikely(old, page, changed)) {
      return false;
    }
    ops = opsTo;
    literals = literalsTo;
    int anchor = 0;
    int expected = 0;
    int copies = 0;
    int copied = 0;
    int at = 0;
    int misses = 0;
    while (at <= Mem.PAGE - Long.BYTES) {
      long key = Mem.getLong(page + at);
      int from = source(old, key, expected + at - anchor);
      if (from < 0) {
        misses++;
        at += 1 + (misses >>> 6);
        if (at - anchor > GIVE_UP && copies == 0) {
          return false;
        }
        continue;
      }
      int back = backwards(old, page, from, at, anchor);
      int known = from == at ? unchanged(changed, at) : 0;
      int length = back + forwards(old, page, from, at, Math.max(known, Long.BYTES));
      boolean inLine = from - back == expected + at - back - anchor;
      if (length < (inLine ? MIN_COPY_IN_LINE : MIN_COPY)) {
        at++;
        continue;
      }
      putOp(page, anchor, at - back, length, from - back - expected);
      anchor = at - back + length;
      at = anchor;
      expected = from - back + length;
      misses = 0;
      copied += length;
      copies++;
      if (isNoShift(copies, copied) || cost(opsTo, literalsTo) > maxCost) {
        return false;
      }
    }
    if (anchor < Mem.PAGE) {
      putOp(page, anchor, Mem.PAGE, 0, 0);
    }
    return cost(opsTo, literalsTo) <= maxCost;
  }

  /** Looks up a few places of changed blocks: in a shifted page most are found elsewhere. */
  private boolean isLikely(long old, long page, long changed) {
    int step = Math.max(1, Long.bitCount(changed) / PROBES);
    int index = 0;
    int tried = 0;
    int found = 0;
    for (long rest = changed; rest != 0; rest &= rest - 1, index++) {
      if (index % step == 0) {
        int at = (Long.numberOfTrailingZeros(rest) << 6) + PROBE_OFFSET;
        if (!isOneByte(Mem.getLong(page + at))) {
          tried++;
          found += isFound(old, page + at) ? 1 : 0;
        }
      }
    }
    return found * PROBE_SHARE >= tried;
  }

  /** The table knows every eighth position, so one of eight in a row is there. */
  private boolean isFound(long old, long at) {
    for (int i = 0; i < Long.BYTES; i++) {
      long key = Mem.getLong(at + i);
      int from = Mem.getInt(slot(key)) - generation;
      if (from >= 0 && Mem.getLong(old + from) == key) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOneByte(long key) {
    return key == Long.rotateLeft(key, Byte.SIZE);
  }

  /** Text that was rewritten has copies too, but short ones: a compressor does better there. */
  private static boolean isNoShift(int copies, int copied) {
    return copies == MAX_COPIES || copies >= MANY_COPIES && copied < copies * MIN_AVERAGE_COPY;
  }

  private int cost(long opsFrom, long literalsFrom) {
    return (int) (ops - opsFrom + literals - literalsFrom);
  }

  private void fillTable(long old) {
    generation = generation + Mem.PAGE;
    if (generation <= 0) {
      for (int i = 0; i < TABLE; i++) {
        Mem.putInt(table + (long) i * Integer.BYTES, 0);
      }
      generation = Mem.PAGE;
    }
    long last = 0;
    for (int at = 0; at <= Mem.PAGE - Long.BYTES; at += Long.BYTES) {
      long key = Mem.getLong(old + at);
      if (key != last) {
        Mem.putInt(slot(key), generation + at);
      }
      last = key;
    }
  }

  private long slot(long key) {
    return table + (key * MULTIPLIER >>> TABLE_SHIFT) * Integer.BYTES;
  }

  /** Offset in the old page that holds the key: where the last copy goes on, or by the table. */
  private int source(long old, long key, int inLine) {
    if (inLine <= Mem.PAGE - Long.BYTES && Mem.getLong(old + inLine) == key) {
      return inLine;
    }
    int from = Mem.getInt(slot(key)) - generation;
    return from >= 0 && Mem.getLong(old + from) == key ? from : -1;
  }

  private static int backwards(long old, long page, int from, int at, int anchor) {
    int back = 0;
    while (at - back > anchor
        && from - back > 0
        && Mem.getUnsignedByte(old + from - back - 1)
            == Mem.getUnsignedByte(page + at - back - 1)) {
      back++;
    }
    return back;
  }

  /** Bytes from here up to the next changed block; 0 within one. */
  private static int unchanged(long changed, int at) {
    long rest = changed >>> (at >>> 6);
    int blocks = rest == 0 ? 64 - (at >>> 6) : Long.numberOfTrailingZeros(rest);
    return blocks == 0 ? 0 : ((at >>> 6) + blocks << 6) - at;
  }

  private static int forwards(long old, long page, int from, int at, int known) {
    int limit = Mem.PAGE - Math.max(from, at);
    int length = known;
    while (length <= limit - Long.BYTES) {
      long x = Mem.getLong(old + from + length) ^ Mem.getLong(page + at + length);
      if (x != 0) {
        return length + (Long.numberOfTrailingZeros(x) >>> 3);
      }
      length += Long.BYTES;
    }
    while (length < limit
        && Mem.getUnsignedByte(old + from + length) == Mem.getUnsignedByte(page + at + length)) {
      length++;
    }
    return length;
  }

  private void putOp(long page, int anchor, int at, int length, int jump) {
    int literalBytes = at - anchor;
    ops = Mem.putVarint(ops, literalBytes);
    Mem.copy(page + anchor, literals, literalBytes);
    literals += literalBytes;
    if (at < Mem.PAGE) {
      ops = Mem.putVarint(ops, length);
      ops = Mem.putVarint(ops, Mem.zigzag(jump));
    }
  }

  @Override
  public void close() {
    Mem.free(table);
  }
}
