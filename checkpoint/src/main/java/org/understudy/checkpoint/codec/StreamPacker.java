package org.understudy.checkpoint.codec;

import com.github.luben.zstd.ZstdCompressCtx;
import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;

/** Puts one stream into a buffer: compressed where that makes it smaller, else as it is. */
final class StreamPacker implements AutoCloseable {
  private static final int ZSTD_LEVEL = 1;

  /** Shorter streams do not pay for a frame. */
  private static final int MIN_BYTES = 20;

  /** Streams from this length on are first tried on a sample, where the last one did not shrink. */
  private static final int SAMPLE_FROM = 32 * 1024;

  private static final int SAMPLE_BYTES = 6 * 1024;

  private final ZstdCompressCtx zstd = new ZstdCompressCtx();
  private final LZ4Compressor lz4 = LZ4Factory.fastestInstance().fastCompressor();
  private final int maxOfLz4 = lz4.maxCompressedLength(BatchFormat.MAX_RAW_BYTES);
  private boolean lastDidNotShrink;
  private Compressor used = Compressor.NONE;

  StreamPacker() {
    zstd.setLevel(ZSTD_LEVEL);
    zstd.setMagicless(true);
    zstd.setContentSize(false);
    zstd.setChecksum(false);
    zstd.setDictID(false);
  }

  /** Room that {@link #pack} needs in its target. */
  int room() {
    return maxOfLz4;
  }

  /** What the last stream went through. */
  Compressor used() {
    return used;
  }

  /** Writes the stream to {@code dst}; returns its bytes there, at most {@code length}. */
  int pack(Compressor wanted, ByteBuffer src, int from, int length, ByteBuffer dst, int to) {
    used = Compressor.NONE;
    if (wanted != Compressor.NONE && length >= MIN_BYTES) {
      boolean large = length >= SAMPLE_FROM;
      if (!large || !lastDidNotShrink || sampleShrinks(wanted, src, from, length, dst, to)) {
        int bytes = compress(wanted, src, from, length, dst, to);
        boolean shrunk = bytes < length - (length >>> 6);
        if (large) {
          lastDidNotShrink = !shrunk;
        }
        if (shrunk) {
          used = wanted;
          return bytes;
        }
      }
    }
    dst.put(to, src, from, length);
    return length;
  }

  private boolean sampleShrinks(
      Compressor wanted, ByteBuffer src, int from, int length, ByteBuffer dst, int to) {
    int middle = from + (length - SAMPLE_BYTES) / 2;
    int bytes = compress(wanted, src, middle, SAMPLE_BYTES, dst, to);
    return bytes < SAMPLE_BYTES - SAMPLE_BYTES / 32;
  }

  private int compress(
      Compressor wanted, ByteBuffer src, int from, int length, ByteBuffer dst, int to) {
    int room = dst.capacity() - to;
    return wanted == Compressor.LZ4
        ? lz4.compress(src, from, length, dst, to, room)
        : zstd.compressDirectByteBuffer(dst, to, room, src, from, length);
  }

  @Override
  public void close() {
    zstd.close();
  }
}
