package org.understudy.checkpoint.codec.decode;

import org.understudy.checkpoint.codec.format.BatchFormat;
import org.understudy.checkpoint.codec.format.BlockMasks;
import org.understudy.checkpoint.codec.format.Mem;

/** Moves pages to the content of a validated batch. Checks nothing: the validator did. */
final class BatchApplier implements AutoCloseable {
  private static final long[] BYTES_OF_MASK = new long[256];

  static {
    for (int mask = 0; mask < 256; mask++) {
      BYTES_OF_MASK[mask] = Long.expand(mask, 0x0101010101010101L) * 255;
    }
  }

  private final long memory;
  private final long oldPage = Mem.allocateZeroed(Mem.PAGE);
  private int unitShift;
  private int mode;
  private long positions;
  private long wordMasks;
  private long byteMasks;
  private long values;
  private long data;
  private long ops;
  private long literals;
  private long shared;

  BatchApplier(long memory) {
    this.memory = memory;
  }

  /** Copies the content of shared pages as it is now, before anything of the epoch is applied. */
  void resolveShared(StagedBatch batch) {
    open(batch);
    long classes = batch.address(BatchFormat.STREAM_CLASSES);
    for (int i = 0; i < batch.pages; i++) {
      switch (Mem.getUnsignedByte(classes + i)) {
        case BatchFormat.CLASS_CONSTANT -> ops += Long.BYTES;
        case BatchFormat.CLASS_SHARED -> {
          Mem.copy(address(varint()), shared, Mem.PAGE);
          shared += Mem.PAGE;
        }
        case BatchFormat.CLASS_SHIFTED -> shifted(0, false);
        case BatchFormat.CLASS_XOR_RLE -> varint();
        default -> {}
      }
    }
  }

  void apply(StagedBatch batch) {
    open(batch);
    long classes = batch.address(BatchFormat.STREAM_CLASSES);
    for (int i = 0; i < batch.pages; i++) {
      record(Mem.getUnsignedByte(classes + i), address(batch.pageNumbers[i]));
    }
  }

  private void open(StagedBatch batch) {
    unitShift = batch.unitShift;
    mode = batch.mode;
    positions = batch.address(BatchFormat.STREAM_POSITIONS);
    wordMasks = batch.address(BatchFormat.STREAM_WORD_MASKS);
    byteMasks = batch.address(BatchFormat.STREAM_BYTE_MASKS);
    values = batch.address(BatchFormat.STREAM_VALUES);
    data = batch.address(BatchFormat.STREAM_DATA);
    ops = batch.address(BatchFormat.STREAM_OPS);
    literals = batch.address(BatchFormat.STREAM_LITERALS);
    shared = batch.shared();
  }

  private long address(int page) {
    return memory + (long) page * Mem.PAGE;
  }

  private void record(int classByte, long page) {
    if (classByte >= BatchFormat.CLASS_BLOCKS) {
      blocks(page, readBlocks(classByte));
      return;
    }
    if (classByte >= BatchFormat.CLASS_WORDS) {
      words(page, readBlocks(classByte));
      return;
    }
    switch (classByte) {
      case BatchFormat.CLASS_ZERO -> Mem.fillPage(page, 0);
      case BatchFormat.CLASS_CONSTANT -> {
        Mem.fillPage(page, Mem.getLong(ops));
        ops += Long.BYTES;
      }
      case BatchFormat.CLASS_WHOLE -> {
        Mem.copy(data, page, Mem.PAGE);
        data += Mem.PAGE;
      }
      case BatchFormat.CLASS_SHARED -> {
        varint();
        Mem.copy(shared, page, Mem.PAGE);
        shared += Mem.PAGE;
      }
      case BatchFormat.CLASS_SHIFTED -> {
        Mem.copy(page, oldPage, Mem.PAGE);
        shifted(page, true);
      }
      default -> xorRle(page);
    }
  }

  /** Mask of changed 64-byte blocks. */
  private long readBlocks(int classByte) {
    int count = (classByte & 63) + 1;
    long units = 0;
    if (count <= BatchFormat.LIST_MAX) {
      for (int i = 0; i < count; i++) {
        units |= 1L << (Mem.getUnsignedByte(positions++) << unitShift);
      }
    } else {
      units = BlockMasks.unpack(BlockMasks.read(positions, unitShift), unitShift);
      positions += Long.BYTES >>> unitShift;
    }
    return BlockMasks.spread(units, unitShift);
  }

  private void blocks(long page, long blocks) {
    for (long rest = blocks; rest != 0; rest &= rest - 1) {
      Mem.copyBlock(data, page + ((long) Long.numberOfTrailingZeros(rest) << 6));
      data += 64;
    }
  }

  private void words(long page, long blocks) {
    long masksAt = wordMasks;
    long bytesAt = byteMasks;
    long valuesAt = values;
    for (long rest = blocks; rest != 0; rest &= rest - 1) {
      long block = page + ((long) Long.numberOfTrailingZeros(rest) << 6);
      for (int words = Mem.getUnsignedByte(masksAt++); words != 0; words &= words - 1) {
        long at = block + (Integer.numberOfTrailingZeros(words) << 3);
        long bytes = BYTES_OF_MASK[Mem.getUnsignedByte(bytesAt++)];
        long value = Long.expand(Mem.getLong(valuesAt), bytes);
        valuesAt += Long.bitCount(bytes) >>> 3;
        Mem.putLong(at, combine(Mem.getLong(at), value, bytes));
      }
    }
    wordMasks = masksAt;
    byteMasks = bytesAt;
    values = valuesAt;
  }

  private long combine(long old, long value, long bytes) {
    return switch (mode) {
      case BatchFormat.MODE_RAW -> old & ~bytes | value;
      case BatchFormat.MODE_XOR -> old ^ value;
      default -> old + (value >>> 1 ^ -(value & 1));
    };
  }

  private void shifted(long page, boolean write) {
    int done = 0;
    int from = 0;
    while (done < Mem.PAGE) {
      int literal = varint();
      if (write) {
        Mem.copy(literals, page + done, literal);
        literals += literal;
      }
      done += literal;
      if (done < Mem.PAGE) {
        int copy = varint();
        from += BlockMasks.unzigzag(varint());
        if (write) {
          Mem.copy(oldPage + from, page + done, copy);
        }
        from += copy;
        done += copy;
      }
    }
  }

  private void xorRle(long page) {
    long end = literals + varint();
    long to = page;
    while (literals < end) {
      to += runVarint();
      int length = runVarint();
      Mem.copy(literals, to, length);
      literals += length;
      to += length;
    }
  }

  private int varint() {
    int value = 0;
    int shift = 0;
    int next;
    do {
      next = Mem.getUnsignedByte(ops++);
      value |= (next & 0x7F) << shift;
      shift += 7;
    } while (next >= 0x80);
    return value;
  }

  private int runVarint() {
    int value = 0;
    int shift = 0;
    int next;
    do {
      next = Mem.getUnsignedByte(literals++);
      value |= (next & 0x7F) << shift;
      shift += 7;
    } while (next >= 0x80);
    return value;
  }

  @Override
  public void close() {
    Mem.free(oldPage);
  }
}
