package org.understudy.checkpoint.codec.decode;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.agrona.DirectBuffer;
import org.understudy.checkpoint.codec.format.BatchFormat;
import org.understudy.checkpoint.codec.format.Compressor;
import org.understudy.checkpoint.codec.format.CorruptBatchException;
import org.understudy.checkpoint.codec.format.Mem;
import org.understudy.checkpoint.codec.format.ZstdNative;

/** Checks header, checksum and directory of a batch and decompresses its streams. */
final class BatchReader implements AutoCloseable {
  private final long memory = Mem.allocateZeroed(BatchFormat.MAX_BATCH_BYTES + BatchFormat.SLACK);
  private final ByteBuffer in = Mem.view(memory, BatchFormat.MAX_BATCH_BYTES);
  private final CRC32C crc = new CRC32C();
  private final long zstd = ZstdNative.newDecompressor();
  private final ZstdFrameReader frame = new ZstdFrameReader();
  private final LZ4SafeDecompressor lz4 = LZ4Factory.fastestInstance().safeDecompressor();
  private final int[] compressors = new int[BatchFormat.STREAMS];
  private final int[] rawLengths = new int[BatchFormat.STREAMS];
  private final int[] packedOffsets = new int[BatchFormat.STREAMS];
  private final int[] packedLengths = new int[BatchFormat.STREAMS];
  private int length;
  private int at;

  /** A new epoch, whose batches come in their order from the first one. */
  void beginEpoch() {
    frame.end();
  }

  /** Takes a private copy of the batch and checks everything before the payload. */
  void open(DirectBuffer buffer, int offset, int bytes, long epoch, int sequence) {
    if (bytes < BatchFormat.HEADER_BYTES || bytes > BatchFormat.MAX_BATCH_BYTES) {
      throw new CorruptBatchException(0, "a batch has 26 to 262144 bytes, not " + bytes);
    }
    length = bytes;
    buffer.getBytes(offset, in, 0, bytes);
    int announced = Mem.getInt(memory + BatchFormat.LENGTH_OFFSET);
    if (announced != bytes) {
      throw new CorruptBatchException(
          BatchFormat.LENGTH_OFFSET, "length " + announced + " in a batch of " + bytes);
    }
    checkCrc();
    checkHeader(epoch, sequence);
    readDirectory();
  }

  private void checkCrc() {
    crc.reset();
    in.limit(length).position(BatchFormat.LENGTH_OFFSET);
    crc.update(in);
    in.clear();
    int expected = Mem.getInt(memory + BatchFormat.CRC_OFFSET);
    if ((int) crc.getValue() != expected) {
      throw new CorruptBatchException(
          BatchFormat.CRC_OFFSET,
          String.format("checksum %08x, content has %08x", expected, (int) crc.getValue()));
    }
  }

  private void checkHeader(long epoch, int sequence) {
    int version = Mem.getUnsignedByte(memory + BatchFormat.VERSION_OFFSET);
    if (version != BatchFormat.VERSION) {
      throw new CorruptBatchException(BatchFormat.VERSION_OFFSET, "unknown version " + version);
    }
    long actualEpoch = Mem.getLong(memory + BatchFormat.EPOCH_OFFSET);
    if (actualEpoch != epoch) {
      throw new CorruptBatchException(
          BatchFormat.EPOCH_OFFSET, "epoch " + actualEpoch + ", expected " + epoch);
    }
    int actualSequence = Mem.getInt(memory + BatchFormat.SEQUENCE_OFFSET);
    if (actualSequence != sequence) {
      throw new CorruptBatchException(
          BatchFormat.SEQUENCE_OFFSET, "batch " + actualSequence + ", expected " + sequence);
    }
    if (pages() < 1 || pages() > BatchFormat.MAX_PAGES) {
      throw new CorruptBatchException(BatchFormat.PAGES_OFFSET, pages() + " pages");
    }
    int flags = flags();
    if ((flags & ~BatchFormat.FLAGS_KNOWN) != 0 || unitShift() > 2 || mode() > 2) {
      throw new CorruptBatchException(BatchFormat.FLAGS_OFFSET, "unknown flags " + flags);
    }
  }

  private void readDirectory() {
    int streams = Mem.getUnsignedShort(memory + BatchFormat.STREAMS_OFFSET);
    if (streams >>> BatchFormat.STREAMS != 0) {
      throw new CorruptBatchException(BatchFormat.STREAMS_OFFSET, "unknown streams " + streams);
    }
    at = BatchFormat.HEADER_BYTES;
    int rawSum = 0;
    for (int stream = 0; stream < BatchFormat.STREAMS; stream++) {
      rawLengths[stream] = 0;
      packedLengths[stream] = 0;
      if ((streams & 1 << stream) != 0) {
        readEntry(stream);
        rawSum += rawLengths[stream];
      }
      if (rawSum > BatchFormat.MAX_RAW_BYTES) {
        throw new CorruptBatchException(at, "streams of more than 1 MiB");
      }
    }
    int payload = at;
    for (int stream = 0; stream < BatchFormat.STREAMS; stream++) {
      packedOffsets[stream] = payload;
      payload += packedLengths[stream];
      if (payload > length) {
        throw new CorruptBatchException(at, "stream " + stream + " ends behind the batch");
      }
    }
    if (payload != length) {
      throw new CorruptBatchException(payload, length - payload + " bytes behind the last stream");
    }
  }

  private void readEntry(int stream) {
    int compressor = at < length ? Mem.getUnsignedByte(memory + at) : -1;
    Compressor last = stream == BatchFormat.STREAM_DATA ? Compressor.FRAME_NEXT : Compressor.ZSTD;
    if (compressor < 0 || compressor > last.code()) {
      throw new CorruptBatchException(at, "unknown compressor " + compressor);
    }
    at++;
    compressors[stream] = compressor;
    rawLengths[stream] = readLength();
    packedLengths[stream] =
        compressor == Compressor.NONE.code() ? rawLengths[stream] : readLength();
  }

  private int readLength() {
    int value = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      if (at >= length) {
        throw new CorruptBatchException(at, "directory is cut off");
      }
      int next = Mem.getUnsignedByte(memory + at++);
      value |= (next & 0x7F) << shift;
      if (next < 0x80) {
        if (value < 1 || value > BatchFormat.MAX_RAW_BYTES) {
          throw new CorruptBatchException(at - 1, "stream length " + value);
        }
        return value;
      }
    }
    throw new CorruptBatchException(at, "number of more than four bytes");
  }

  int pages() {
    return Mem.getUnsignedShort(memory + BatchFormat.PAGES_OFFSET);
  }

  private int flags() {
    return Mem.getUnsignedByte(memory + BatchFormat.FLAGS_OFFSET);
  }

  int unitShift() {
    return flags() & 3;
  }

  int mode() {
    return flags() >>> BatchFormat.FLAG_MODE_SHIFT & 3;
  }

  boolean ascending() {
    return (flags() & BatchFormat.FLAG_ASCENDING) != 0;
  }

  int[] rawLengths() {
    return rawLengths;
  }

  /** Offset of a stream in the batch, for messages. */
  int packedOffset(int stream) {
    return packedOffsets[stream];
  }

  /** Decompresses all streams into a batch that has reserved room for them. */
  void unpack(StagedBatch batch) {
    batch.pages = pages();
    batch.mode = mode();
    batch.unitShift = unitShift();
    batch.ascending = ascending();
    for (int stream = 0; stream < BatchFormat.STREAMS; stream++) {
      if (rawLengths[stream] > 0) {
        int bytes = unpack(stream, batch);
        if (bytes != rawLengths[stream]) {
          throw new CorruptBatchException(
              packedOffsets[stream],
              "stream " + stream + " has " + bytes + " bytes, not " + rawLengths[stream]);
        }
      }
    }
  }

  private int unpack(int stream, StagedBatch batch) {
    int from = packedOffsets[stream];
    int packed = packedLengths[stream];
    int raw = rawLengths[stream];
    if (compressors[stream] >= Compressor.ZSTD.code()) {
      int bytes = unpackZstd(compressors[stream], from, packed, batch.address(stream), raw);
      if (bytes < 0) {
        throw new CorruptBatchException(
            from, "stream " + stream + ": " + ZstdNative.errorName(bytes));
      }
      return bytes;
    }
    if (compressors[stream] == Compressor.LZ4.code()) {
      try {
        return lz4.decompress(in, from, packed, batch.view(), batch.offset(stream), raw);
      } catch (LZ4Exception e) {
        throw new CorruptBatchException(from, "stream " + stream + ": " + e.getMessage());
      }
    }
    Mem.copy(memory + from, batch.address(stream), raw);
    return raw;
  }

  private int unpackZstd(int compressor, int from, int packed, long to, int raw) {
    if (compressor == Compressor.ZSTD.code()) {
      return ZstdNative.decompress(zstd, to, raw, memory + from, packed);
    }
    if (compressor == Compressor.FRAME_START.code()) {
      frame.start();
    } else if (!frame.isStarted()) {
      throw new CorruptBatchException(from, "goes on with a frame that was not begun");
    }
    return frame.unpack(memory + from, packed, to, raw);
  }

  @Override
  public void close() {
    ZstdNative.freeDecompressor(zstd);
    frame.close();
    Mem.free(memory);
  }
}
