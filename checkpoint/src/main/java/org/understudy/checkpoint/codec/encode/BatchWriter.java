package org.understudy.checkpoint.codec.encode;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.agrona.MutableDirectBuffer;
import org.understudy.checkpoint.codec.format.BatchFormat;
import org.understudy.checkpoint.codec.format.CodecSettings;
import org.understudy.checkpoint.codec.format.Compressor;
import org.understudy.checkpoint.codec.format.Mem;
import org.understudy.checkpoint.codec.format.NativeBuffer;
import org.understudy.checkpoint.codec.format.PageClass;
import org.understudy.checkpoint.codec.format.PageCoding;

/** Turns a filled {@link StageBuffers} into the bytes of one batch. */
final class BatchWriter implements AutoCloseable {
  private static final int PAYLOAD_OFFSET =
      BatchFormat.HEADER_BYTES + BatchFormat.STREAMS * BatchFormat.DIRECTORY_ENTRY_MAX;

  /** Bytes per page above which compressing takes most of the time. */
  private static final int HASTY = 256;

  /** A value mode must take so much less (one byte in so many) to take over. */
  private static final int MODE_LEAD = 32;

  private final StreamPacker packer = new StreamPacker(BatchFormat.STREAMS);
  private final Compressor compressor;
  private final DataRatio dataRatio;
  private final boolean frames;
  private final int capacity = PAYLOAD_OFFSET + BatchFormat.MAX_BATCH_BYTES + packer.room();
  private final long memory = Mem.allocateZeroed(capacity);
  private final NativeBuffer packed = new NativeBuffer(memory, capacity);
  private final ByteBuffer out = packed.view();
  private final CRC32C crc = new CRC32C();
  private final int[] rawBytes = new int[BatchFormat.STREAMS];
  private final int[] packedBytes = new int[BatchFormat.STREAMS];
  private final Compressor[] compressors = new Compressor[BatchFormat.STREAMS];
  private final int blockShift;

  BatchWriter(CodecSettings settings, DataRatio dataRatio) {
    this.dataRatio = dataRatio;
    this.frames = settings.coding() == PageCoding.HYBRID;
    this.compressor = settings.compressor();
    this.blockShift = Integer.numberOfTrailingZeros(settings.blockBytes());
  }

  /** A new epoch, whose batches are numbered from 0. */
  void beginEpoch() {
    packer.beginEpoch();
  }

  /** Ends a trial: from here on words are written in the mode that took the fewest bytes. */
  void endTrial(StageBuffers stage) {
    stage.mode = bestMode(stage, compressor);
    stage.trial = false;
  }

  /** Writes the batch and counts its bytes; returns how many there are. */
  int write(
      StageBuffers stage,
      long epoch,
      int sequence,
      MutableDirectBuffer dst,
      int offset,
      EncodeStats stats) {
    stage.finishPages();
    packer.hasty(stage.rawBytes() - stage.length(BatchFormat.STREAM_DATA) > stage.pages() * HASTY);
    int end = packStreams(stage);
    dataRatio.measured(rawBytes[BatchFormat.STREAM_DATA], packedBytes[BatchFormat.STREAM_DATA]);
    int begin = putDirectory();
    putHeader(begin, end, stage, epoch, sequence);
    dst.putBytes(offset, out, begin, end - begin);
    countBytes(stage, end - begin, stats);
    return end - begin;
  }

  private int bestMode(StageBuffers stage, Compressor compressor) {
    packer.hasty(false);
    int best = stage.mode;
    int bestBytes = Integer.MAX_VALUE;
    int last = stage.mode;
    for (int mode = 0; mode < BatchFormat.MODES; mode++) {
      stage.mode = mode;
      int bytes =
          pack(stage, BatchFormat.STREAM_BYTE_MASKS, compressor, PAYLOAD_OFFSET)
              + pack(stage, BatchFormat.STREAM_VALUES, compressor, PAYLOAD_OFFSET);
      if (mode == last) {
        bytes -= bytes / MODE_LEAD;
      }
      if (bytes < bestBytes) {
        best = mode;
        bestBytes = bytes;
      }
    }
    return best;
  }

  private int pack(StageBuffers stage, int stream, Compressor compressor, int at) {
    boolean framed = frames && stream == BatchFormat.STREAM_DATA && compressor == Compressor.ZSTD;
    return packer.pack(
        framed ? Compressor.FRAME_NEXT : compressor,
        stream,
        stage.view(stream),
        stage.offset(stream),
        stage.length(stream),
        packed,
        at);
  }

  private int packStreams(StageBuffers stage) {
    int at = PAYLOAD_OFFSET;
    for (int stream = 0; stream < BatchFormat.STREAMS; stream++) {
      rawBytes[stream] = stage.length(stream);
      packedBytes[stream] = rawBytes[stream] == 0 ? 0 : pack(stage, stream, compressor, at);
      compressors[stream] = packer.used();
      if (compressors[stream].code() >= Compressor.FRAME_START.code()) {
        stage.keepData();
      }
      at += packedBytes[stream];
    }
    return at;
  }

  /** Writes the directory right before the payload; returns where the batch begins. */
  private int putDirectory() {
    int length = 0;
    for (int stream = 0; stream < BatchFormat.STREAMS; stream++) {
      if (rawBytes[stream] > 0) {
        length += 1 + varintBytes(rawBytes[stream]);
        length += compressors[stream] == Compressor.NONE ? 0 : varintBytes(packedBytes[stream]);
      }
    }
    long at = memory + PAYLOAD_OFFSET - length;
    for (int stream = 0; stream < BatchFormat.STREAMS; stream++) {
      if (rawBytes[stream] > 0) {
        Mem.putByte(at++, compressors[stream].code());
        at = Mem.putVarint(at, rawBytes[stream]);
        if (compressors[stream] != Compressor.NONE) {
          at = Mem.putVarint(at, packedBytes[stream]);
        }
      }
    }
    return PAYLOAD_OFFSET - length - BatchFormat.HEADER_BYTES;
  }

  private static int varintBytes(int value) {
    return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
  }

  private void putHeader(int begin, int end, StageBuffers stage, long epoch, int sequence) {
    int streams = 0;
    for (int stream = 0; stream < BatchFormat.STREAMS; stream++) {
      streams |= rawBytes[stream] > 0 ? 1 << stream : 0;
    }
    int flags =
        blockShift - 6
            | stage.mode << BatchFormat.FLAG_MODE_SHIFT
            | (stage.ascending() ? BatchFormat.FLAG_ASCENDING : 0);
    long header = memory + begin;
    Mem.putInt(header + BatchFormat.LENGTH_OFFSET, end - begin);
    Mem.putLong(header + BatchFormat.EPOCH_OFFSET, epoch);
    Mem.putInt(header + BatchFormat.SEQUENCE_OFFSET, sequence);
    Mem.putShort(header + BatchFormat.PAGES_OFFSET, stage.pages());
    Mem.putByte(header + BatchFormat.VERSION_OFFSET, BatchFormat.VERSION);
    Mem.putByte(header + BatchFormat.FLAGS_OFFSET, flags);
    Mem.putShort(header + BatchFormat.STREAMS_OFFSET, streams);
    crc.reset();
    out.limit(end).position(begin + BatchFormat.LENGTH_OFFSET);
    crc.update(out);
    out.clear();
    Mem.putInt(header + BatchFormat.CRC_OFFSET, (int) crc.getValue());
  }

  /** Splits what streams shared by several classes took by their bytes before compression. */
  private void countBytes(StageBuffers stage, int length, EncodeStats stats) {
    stats.batches++;
    int left = length;
    for (int stream = BatchFormat.STREAM_POSITIONS; stream < BatchFormat.STREAMS; stream++) {
      if (StageBuffers.isWords(stream)) {
        stats.addBytes(PageClass.WORDS, packedBytes[stream]);
        left -= packedBytes[stream];
      } else {
        for (PageClass pageClass : EncodeStats.CLASSES) {
          long counted = stage.counted(stream, pageClass);
          if (counted > 0) {
            long share = packedBytes[stream] * counted / rawBytes[stream];
            stats.addBytes(pageClass, share);
            left -= (int) share;
          }
        }
      }
    }
    stats.addBytes(PageClass.HEADERS, left);
  }

  @Override
  public void close() {
    packer.close();
    Mem.free(memory);
  }
}
