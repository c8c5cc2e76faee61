package org.understudy.checkpoint.codec.encode;

import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.understudy.checkpoint.codec.format.BatchFormat;
import org.understudy.checkpoint.codec.format.Mem;

/**
 * One 64-byte block is one vector. Loaded only where the incubator module is present; fast only
 * with AVX-512 and its byte compression.
 */
final class VectorPageDiff implements PageDiff {
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_512;
  private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_512;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

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

  @Override
  public void putWords(long oldPage, long newPage, long blocks, WordSink sink, int mode) {
    switch (mode) {
      case BatchFormat.MODE_RAW -> putRaw(oldPage, newPage, blocks, sink);
      case BatchFormat.MODE_XOR -> putXor(oldPage, newPage, blocks, sink);
      default -> putDifference(oldPage, newPage, blocks, sink);
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

  private static void putXor(long oldPage, long newPage, long blocks, WordSink sink) {
    for (long rest = blocks; rest != 0; rest &= rest - 1) {
      long at = (long) Long.numberOfTrailingZeros(rest) << 6;
      ByteVector o = ByteVector.fromMemorySegment(BYTES, Mem.ALL, oldPage + at, ORDER);
      ByteVector n = ByteVector.fromMemorySegment(BYTES, Mem.ALL, newPage + at, ORDER);
      putNonZero(n.lanewise(VectorOperators.XOR, o), sink);
    }
  }

  private static void putDifference(long oldPage, long newPage, long blocks, WordSink sink) {
    for (long rest = blocks; rest != 0; rest &= rest - 1) {
      long at = (long) Long.numberOfTrailingZeros(rest) << 6;
      LongVector o = LongVector.fromMemorySegment(LONGS, Mem.ALL, oldPage + at, ORDER);
      LongVector n = LongVector.fromMemorySegment(LONGS, Mem.ALL, newPage + at, ORDER);
      LongVector d = n.sub(o);
      LongVector sign = d.lanewise(VectorOperators.ASHR, Long.SIZE - 1);
      LongVector zigzag = d.lanewise(VectorOperators.LSHL, 1).lanewise(VectorOperators.XOR, sign);
      putNonZero(zigzag.reinterpretAsBytes(), sink);
    }
  }

  private static void putNonZero(ByteVector values, WordSink sink) {
    VectorMask<Byte> changed = values.compare(VectorOperators.NE, (byte) 0);
    values.compress(changed).intoMemorySegment(Mem.ALL, sink.values, ORDER);
    putMasks(changed.toLong(), sink);
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
