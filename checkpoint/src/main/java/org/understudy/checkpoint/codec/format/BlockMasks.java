package org.understudy.checkpoint.codec.format;

/**
 * Masks of 64-byte blocks against masks of larger ones. A unit of 128 or 256 bytes is marked at its
 * first 64-byte block; {@code unitShift} is 0, 1 or 2.
 */
public final class BlockMasks {
  private static final long[] FIRSTS = {-1L, 0x5555555555555555L, 0x1111111111111111L};

  private BlockMasks() {}

  /** Units that have a block in the mask. */
  public static long units(long blocks, int unitShift) {
    long mask = blocks;
    for (int i = 0; i < unitShift; i++) {
      mask |= mask >>> (1 << i);
    }
    return mask & FIRSTS[unitShift];
  }

  /** All blocks of the units. */
  public static long spread(long units, int unitShift) {
    long mask = units;
    for (int i = 0; i < unitShift; i++) {
      mask |= mask << (1 << i);
    }
    return mask;
  }

  /** Units as neighbouring bits. */
  public static long pack(long units, int unitShift) {
    return unitShift == 0 ? units : Long.compress(units, FIRSTS[unitShift]);
  }

  /** The reverse of {@link #pack}. */
  public static long unpack(long packed, int unitShift) {
    return unitShift == 0 ? packed : Long.expand(packed, FIRSTS[unitShift]);
  }

  /** Reads a packed mask of 8, 4 or 2 bytes. */
  public static long read(long address, int unitShift) {
    return Mem.getLong(address) & -1L >>> 64 - (64 >>> unitShift);
  }

  public static int unzigzag(int value) {
    return value >>> 1 ^ -(value & 1);
  }
}
