package org.understudy.checkpoint.codec.encode;

import java.util.SplittableRandom;
import org.understudy.checkpoint.codec.format.Mem;

/**
 * 64-bit hash of blocks, keyed per session so that nobody can prepare two blocks that collide.
 * Folded 64 by 64 bit products of keyed words.
 */
final class BlockHash {
  private static final int WORDS = 8;
  private final long k0;
  private final long k1;
  private final long k2;
  private final long k3;
  private final long k4;
  private final long k5;
  private final long k6;
  private final long k7;
  private final long seed;

  BlockHash(long key) {
    SplittableRandom random = new SplittableRandom(key);
    long[] keys = random.longs(WORDS + 1).toArray();
    k0 = keys[0];
    k1 = keys[1];
    k2 = keys[2];
    k3 = keys[3];
    k4 = keys[4];
    k5 = keys[5];
    k6 = keys[6];
    k7 = keys[7];
    seed = keys[8] | 1;
  }

  /** Hash of a multiple of 64 bytes. */
  long hash(long address, int bytes) {
    long h = seed;
    for (long at = address; at < address + bytes; at += 64) {
      long a = fold(Mem.getLong(at) ^ k0, Mem.getLong(at + 8) ^ k1);
      long b = fold(Mem.getLong(at + 16) ^ k2, Mem.getLong(at + 24) ^ k3);
      long c = fold(Mem.getLong(at + 32) ^ k4, Mem.getLong(at + 40) ^ k5);
      long d = fold(Mem.getLong(at + 48) ^ k6, Mem.getLong(at + 56) ^ k7);
      h = fold(h ^ a ^ Long.rotateLeft(b, 17), seed ^ c ^ Long.rotateLeft(d, 31));
    }
    return h;
  }

  private static long fold(long a, long b) {
    return a * b ^ Math.unsignedMultiplyHigh(a, b);
  }
}
