package org.understudy.checkpoint.codec.decode;

import org.understudy.checkpoint.codec.format.BatchFormat;
import org.understudy.checkpoint.codec.format.BlockMasks;
import org.understudy.checkpoint.codec.format.CorruptBatchException;
import org.understudy.checkpoint.codec.format.Mem;

/**
 * Walks the decompressed streams of a batch and refuses it unless every record stays inside its
 * streams, pages and positions and the streams end exactly with the last record: applying it
 * afterwards needs no checks. Also resolves references to shared pages.
 */
final class BatchValidator {
  private final int totalPages;
  private StagedBatch batch;
  private BatchReader reader;
  private long positions;
  private long ops;
  private long data;
  private long literals;
  private long wordMasks;
  private int sharedPages;

  BatchValidator(int totalPages) {
    this.totalPages = totalPages;
  }

  /** Shared pages of the batch that was validated last. */
  int sharedPages() {
    return sharedPages;
  }

  void validate(StagedBatch staged, BatchReader source) {
    batch = staged;
    reader = source;
    positions = 0;
    ops = 0;
    data = 0;
    literals = 0;
    wordMasks = 0;
    sharedPages = 0;
    readPageNumbers();
    expect(BatchFormat.STREAM_CLASSES, batch.pages);
    long classes = batch.address(BatchFormat.STREAM_CLASSES);
    for (int i = 0; i < batch.pages; i++) {
      record(Mem.getUnsignedByte(classes + i));
    }
    expect(BatchFormat.STREAM_POSITIONS, positions);
    expect(BatchFormat.STREAM_OPS, ops);
    expect(BatchFormat.STREAM_DATA, data);
    expect(BatchFormat.STREAM_LITERALS, literals);
    expect(BatchFormat.STREAM_WORD_MASKS, wordMasks);
    expect(BatchFormat.STREAM_BYTE_MASKS, ones(BatchFormat.STREAM_WORD_MASKS));
    expect(BatchFormat.STREAM_VALUES, ones(BatchFormat.STREAM_BYTE_MASKS));
  }

  private void readPageNumbers() {
    ops = 0;
    long next = 0;
    for (int i = 0; i < batch.pages; i++) {
      int gap = varint(BatchFormat.STREAM_PAGES);
      long page = next + (batch.ascending ? gap & 0xFFFFFFFFL : BlockMasks.unzigzag(gap));
      if (page < 0 || page >= totalPages) {
        throw corrupt(BatchFormat.STREAM_PAGES, "page " + page + " of " + totalPages);
      }
      batch.pageNumbers[i] = (int) page;
      next = page + 1;
    }
    expect(BatchFormat.STREAM_PAGES, ops);
    ops = 0;
  }

  private void record(int classByte) {
    if (classByte >= BatchFormat.CLASS_WORDS && classByte < BatchFormat.CLASS_END) {
      changedBlocks(classByte);
      return;
    }
    switch (classByte) {
      case BatchFormat.CLASS_ZERO -> {}
      case BatchFormat.CLASS_CONSTANT -> ops = within(BatchFormat.STREAM_OPS, ops + Long.BYTES);
      case BatchFormat.CLASS_WHOLE -> data += Mem.PAGE;
      case BatchFormat.CLASS_SHARED -> shared();
      case BatchFormat.CLASS_SHIFTED -> shifted();
      case BatchFormat.CLASS_XOR_RLE -> xorRle();
      default -> throw corrupt(BatchFormat.STREAM_CLASSES, "unknown page class " + classByte);
    }
  }

  private void changedBlocks(int classByte) {
    int count = (classByte & 63) + 1;
    int units = 64 >>> batch.unitShift;
    if (count > units) {
      throw corrupt(BatchFormat.STREAM_CLASSES, count + " changed blocks of " + units);
    }
    long at = batch.address(BatchFormat.STREAM_POSITIONS) + positions;
    if (count <= BatchFormat.LIST_MAX) {
      positions = within(BatchFormat.STREAM_POSITIONS, positions + count);
      int last = -1;
      for (int i = 0; i < count; i++) {
        int position = Mem.getUnsignedByte(at + i);
        if (position <= last || position >= units) {
          throw corrupt(BatchFormat.STREAM_POSITIONS, position + " after block " + last);
        }
        last = position;
      }
    } else {
      positions = within(BatchFormat.STREAM_POSITIONS, positions + (units >>> 3));
      if (Long.bitCount(BlockMasks.read(at, batch.unitShift)) != count) {
        throw corrupt(BatchFormat.STREAM_POSITIONS, "mask has not " + count + " blocks");
      }
    }
    long blocks = (long) count << batch.unitShift;
    if (classByte >= BatchFormat.CLASS_BLOCKS) {
      data += blocks << 6;
    } else {
      wordMasks += blocks;
    }
  }

  private void shared() {
    int page = varint(BatchFormat.STREAM_OPS);
    if (page < 0 || page >= totalPages) {
      throw corrupt(BatchFormat.STREAM_OPS, "shared page " + page + " of " + totalPages);
    }
    sharedPages++;
  }

  private void shifted() {
    int done = 0;
    int from = 0;
    while (done < Mem.PAGE) {
      int literal = number(Mem.PAGE - done, "literal");
      done += literal;
      literals += literal;
      if (done < Mem.PAGE) {
        int copy = number(Mem.PAGE - done, "copy");
        long source = (long) from + BlockMasks.unzigzag(varint(BatchFormat.STREAM_OPS));
        if (source < 0 || source + copy > Mem.PAGE || copy == 0) {
          throw corrupt(BatchFormat.STREAM_OPS, "copy of " + copy + " from " + source);
        }
        from = (int) source + copy;
        done += copy;
      }
    }
  }

  private void xorRle() {
    int bytes = number(Mem.PAGE, "run");
    long at = literals;
    long end = within(BatchFormat.STREAM_LITERALS, literals + bytes);
    int done = 0;
    literals = end;
    while (at < end) {
      long runs = batch.address(BatchFormat.STREAM_LITERALS);
      for (int part = 0; part < 2; part++) {
        int value = 0;
        int shift = 0;
        int next;
        do {
          if (at >= end || shift > 14) {
            throw corrupt(BatchFormat.STREAM_LITERALS, "run is cut off");
          }
          next = Mem.getUnsignedByte(runs + at++);
          value |= (next & 0x7F) << shift;
          shift += 7;
        } while (next >= 0x80);
        done += value;
        at += part == 0 ? 0 : value;
        if (done > Mem.PAGE || at > end) {
          throw corrupt(BatchFormat.STREAM_LITERALS, "run ends behind its page");
        }
      }
    }
  }

  private int number(int max, String what) {
    int value = varint(BatchFormat.STREAM_OPS);
    if (value < 0 || value > max) {
      throw corrupt(BatchFormat.STREAM_OPS, what + " of " + value + ", at most " + max);
    }
    return value;
  }

  /** Reads a number at {@link #ops}, which stands for the page numbers first. */
  private int varint(int stream) {
    long base = batch.address(stream);
    int limit = batch.length(stream);
    int value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      if (ops >= limit) {
        throw corrupt(stream, "number is cut off");
      }
      int next = Mem.getUnsignedByte(base + ops++);
      value |= (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw corrupt(stream, "number of more than five bytes");
  }

  private long within(int stream, long end) {
    if (end > batch.length(stream)) {
      throw corrupt(stream, "record ends behind its stream");
    }
    return end;
  }

  private void expect(int stream, long length) {
    if (batch.length(stream) != length) {
      throw corrupt(stream, "stream has " + batch.length(stream) + " bytes, its records " + length);
    }
  }

  private long ones(int stream) {
    long at = batch.address(stream);
    int length = batch.length(stream);
    long sum = 0;
    int i = 0;
    for (; i <= length - Long.BYTES; i += Long.BYTES) {
      sum += Long.bitCount(Mem.getLong(at + i));
    }
    for (; i < length; i++) {
      sum += Integer.bitCount(Mem.getUnsignedByte(at + i));
    }
    return sum;
  }

  private CorruptBatchException corrupt(int stream, String reason) {
    return new CorruptBatchException(
        reader.packedOffset(stream), "stream " + stream + ": " + reason);
  }
}
