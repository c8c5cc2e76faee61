package org.understudy.checkpoint.codec;

import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * One 64-byte block is one vector. Loaded only where the incubator module is present; fast only
 * with AVX-512 and its byte compression.
 */
final class VectorPageDiff implements PageDiff {
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_512;
  private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_512;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private final PageDiff scalar = new ScalarPageDiff();

  @Override
  public long changedBlocks(long oldPage, long newPage) {
    long mask = 0;
    for (int block = 0; block < 64; block++) {
      long at = (long) block << 6;
      LongVector o = LongVector.fromMemorySegment(LONGS, Mem.ALL, oldPage + at, ORDER);
      LongVector n = LongVector.fromMemorySegment(LONGS, Mem.ALL, newPage + at, ORDER);
      long words = o.compare(VectorOperators.NE, n).toLong();
      mask |= -words >>> 63 << block;
    }
    return mask;
  }

  /**
   * Only the usual mode is vectors: the others run in trials, too seldom to be compiled, and
   * vectors allocate until they are.
   */
  @Override
  public void putWords(long oldPage, long newPage, long blocks, WordSink sink, int mode) {
    if (mode == BatchFormat.MODE_RAW) {
      putRaw(oldPage, newPage, blocks, sink);
    } else {
      scalar.putWords(oldPage, newPage, blocks, sink, mode);
    }
  }

  private static void putRaw(long oldPage, long newPage, long blocks, WordSink sink) {
    for (long rest = blocks; rest != 0; rest &= rest - 1) {
      long at = (long) Long.numberOfTrailingZeros(rest) << 6;
      ByteVector o = ByteVector.fromMemorySegment(BYTES, Mem.ALL, oldPage + at, ORDER);
      ByteVector n = ByteVector.fromMemorySegment(BYTES, Mem.ALL, newPage + at, ORDER);
      VectorMask<Byte> changed = o.compare(VectorOperators.NE, n);
      n.compress(changed).intoMemorySegment(Mem.ALL, sink.values, ORDER);
      putMasks(changed.toLong(), sink);
    }
  }

  private static void putMasks(long bytes, WordSink sink) {
    long words = ScalarPageDiff.nonZeroBytes(bytes);
    Mem.putByte(sink.wordMasks, ScalarPageDiff.gather(words));
    Mem.putLong(sink.byteMasks, Long.compress(bytes, (words >>> 7) * 255));
    sink.wordMasks++;
    sink.byteMasks += Long.bitCount(words);
    sink.values += Long.bitCount(bytes);
  }

  @Override
  public String name() {
    return "vector512";
  }
}
