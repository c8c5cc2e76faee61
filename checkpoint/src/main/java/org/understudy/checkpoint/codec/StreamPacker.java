package org.understudy.checkpoint.codec;

import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;

/** Puts one stream into a buffer: compressed where that makes it smaller, else as it is. */
final class StreamPacker implements AutoCloseable {
  /** Shorter streams do not pay for a frame. */
  private static final int MIN_BYTES = 20;

  /** Streams from this length on are first tried on a sample, where the last one did not shrink. */
  private static final int LARGE = 32 * 1024;

  private static final int SAMPLE_BYTES = 6 * 1024;

  /** Text gets smaller with longer matches and a larger table, records with the usual ones. */
  private static final int LONG_MATCH = 7;

  private static final int LONG_MATCH_HASH_LOG = 15;

  /** One large stream in so many is compressed both ways to find the better one. */
  private static final int TRIAL_EVERY = 32;

  private final long usual = ZstdNative.newCompressor(0, 0);
  private final long longMatch = ZstdNative.newCompressor(LONG_MATCH, LONG_MATCH_HASH_LOG);
  private final LZ4Compressor lz4 = LZ4Factory.fastestInstance().fastCompressor();
  private final int maxOfLz4 = lz4.maxCompressedLength(BatchFormat.MAX_RAW_BYTES);
  private boolean lastDidNotShrink;
  private boolean longMatchIsBetter;
  private int largeStreams;
  private Compressor used = Compressor.NONE;

  /** Room that {@link #pack} needs in its target. */
  int room() {
    return maxOfLz4;
  }

  /** What the last stream went through. */
  Compressor used() {
    return used;
  }

  /** Writes the stream to {@code dst}; returns its bytes there, at most {@code length}. */
  int pack(Compressor wanted, NativeBuffer src, int from, int length, NativeBuffer dst, int to) {
    used = Compressor.NONE;
    if (wanted != Compressor.NONE && length >= MIN_BYTES) {
      boolean large = length >= LARGE;
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
    Mem.copy(src.address() + from, dst.address() + to, length);
    return length;
  }

  private boolean sampleShrinks(
      Compressor wanted, NativeBuffer src, int from, int length, NativeBuffer dst, int to) {
    int middle = from + (length - SAMPLE_BYTES) / 2;
    int bytes = compress(wanted, src, middle, SAMPLE_BYTES, dst, to);
    return bytes < SAMPLE_BYTES - SAMPLE_BYTES / 32;
  }

  private int compress(
      Compressor wanted, NativeBuffer src, int from, int length, NativeBuffer dst, int to) {
    int room = dst.bytes() - to;
    if (wanted == Compressor.LZ4) {
      ByteBuffer source = src.view();
      return lz4.compress(source, from, length, dst.view(), to, room);
    }
    long source = src.address() + from;
    long target = dst.address() + to;
    if (length < LARGE) {
      return checked(ZstdNative.compress(usual, target, room, source, length));
    }
    if (largeStreams++ % TRIAL_EVERY == 0) {
      int one = checked(ZstdNative.compress(usual, target, room, source, length));
      int two = checked(ZstdNative.compress(longMatch, target, room, source, length));
      longMatchIsBetter = two < one;
      if (longMatchIsBetter) {
        return two;
      }
    }
    long context = longMatchIsBetter ? longMatch : usual;
    return checked(ZstdNative.compress(context, target, room, source, length));
  }

  private static int checked(int bytes) {
    if (bytes < 0) {
      throw new IllegalStateException("zstd: " + ZstdNative.errorName(bytes));
    }
    return bytes;
  }

  @Override
  public void close() {
    ZstdNative.freeCompressor(usual);
    ZstdNative.freeCompressor(longMatch);
  }
}
