package org.understudy.checkpoint.codec.encode;

import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import org.understudy.checkpoint.codec.format.BatchFormat;
import org.understudy.checkpoint.codec.format.Compressor;
import org.understudy.checkpoint.codec.format.Mem;
import org.understudy.checkpoint.codec.format.NativeBuffer;
import org.understudy.checkpoint.codec.format.ZstdNative;

/** Puts streams into a buffer: compressed where that makes them smaller, else as they are. */
public final class StreamPacker implements AutoCloseable {
  /** Shorter streams do not pay for a frame. */
  private static final int MIN_BYTES = 20;

  /** Streams from this length on are first tried on a sample, where the last one did not shrink. */
  private static final int LARGE = 32 * 1024;

  private static final int SAMPLE_BYTES = 6 * 1024;

  /** Shorter streams do not pay for a choice. */
  private static final int CHOICE_BYTES = 4 * 1024;

  /** One stream of a kind in so many is compressed with and without matches. */
  private static final int TRIAL_EVERY = 32;

  /** Matches that take less than this share off (one in so many bytes) are left out in haste. */
  private static final int WORTH = 6;

  private final long usual = ZstdNative.newCompressor(0, 0);
  private final long entropy = ZstdNative.newEntropyCompressor();
  private final ZstdFrameWriter frame = new ZstdFrameWriter();
  private final LZ4Compressor lz4 = LZ4Factory.fastestInstance().fastCompressor();
  private final int maxOfLz4 = lz4.maxCompressedLength(BatchFormat.MAX_RAW_BYTES);
  private final boolean[] didNotShrink;
  private final boolean[] withoutMatches;
  private final int[] untilTrial;
  private boolean hasty;
  private Compressor used = Compressor.NONE;

  /**
   * A packer.
   *
   * @param kinds of streams; choices are made for each kind
   */
  public StreamPacker(int kinds) {
    didNotShrink = new boolean[kinds];
    withoutMatches = new boolean[kinds];
    untilTrial = new int[kinds];
  }

  /** Room that {@link #pack} needs in its target. */
  public int room() {
    return maxOfLz4;
  }

  /** What the last stream went through. */
  public Compressor used() {
    return used;
  }

  /** Whether the next streams are so large that time counts as well as bytes. */
  void hasty(boolean value) {
    hasty = value;
  }

  /** A new epoch: its frame starts afresh. */
  void beginEpoch() {
    frame.end();
  }

  /**
   * Writes the stream to {@code dst}; returns its bytes there, at most {@code length} (some bytes
   * more for a piece of a frame).
   */
  public int pack(
      Compressor wanted,
      int kind,
      NativeBuffer src,
      int from,
      int length,
      NativeBuffer dst,
      int to) {
    used = Compressor.NONE;
    if (wanted != Compressor.NONE && length >= MIN_BYTES) {
      boolean large = length >= LARGE;
      if (!large || !didNotShrink[kind] || sampleShrinks(wanted, src, from, length, dst, to)) {
        int bytes = compress(wanted, kind, src, from, length, dst, to);
        boolean shrunk = bytes < length - (length >>> 6);
        if (large) {
          didNotShrink[kind] = !shrunk;
        }
        if (wanted == Compressor.FRAME_NEXT) {
          used = frame.isFirstPiece() ? Compressor.FRAME_START : Compressor.FRAME_NEXT;
          return bytes;
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
    int bytes =
        wanted == Compressor.LZ4
            ? lz4(src, middle, SAMPLE_BYTES, dst, to)
            : zstd(usual, src.address() + middle, SAMPLE_BYTES, dst, to);
    return bytes < SAMPLE_BYTES - SAMPLE_BYTES / 32;
  }

  private int compress(
      Compressor wanted,
      int kind,
      NativeBuffer src,
      int from,
      int length,
      NativeBuffer dst,
      int to) {
    long source = src.address() + from;
    return switch (wanted) {
      case LZ4 -> lz4(src, from, length, dst, to);
      case FRAME_NEXT -> frame.pack(source, length, dst.address() + to, dst.bytes() - to);
      default ->
          hasty && length >= CHOICE_BYTES
              ? zstdInHaste(kind, source, length, dst, to)
              : zstd(usual, source, length, dst, to);
    };
  }

  private int zstdInHaste(int kind, long source, int length, NativeBuffer dst, int to) {
    if (untilTrial[kind]-- > 0) {
      return zstd(withoutMatches[kind] ? entropy : usual, source, length, dst, to);
    }
    untilTrial[kind] = TRIAL_EVERY;
    int with = zstd(usual, source, length, dst, to);
    int without = zstd(entropy, source, length, dst, to + with);
    withoutMatches[kind] = without - with < without / WORTH;
    return with;
  }

  private static int zstd(long context, long source, int length, NativeBuffer dst, int to) {
    int bytes = ZstdNative.compress(context, dst.address() + to, dst.bytes() - to, source, length);
    if (bytes < 0) {
      throw new IllegalStateException("zstd: " + ZstdNative.errorName(bytes));
    }
    return bytes;
  }

  private int lz4(NativeBuffer src, int from, int length, NativeBuffer dst, int to) {
    ByteBuffer source = src.view();
    return lz4.compress(source, from, length, dst.view(), to, dst.bytes() - to);
  }

  @Override
  public void close() {
    ZstdNative.freeCompressor(usual);
    ZstdNative.freeCompressor(entropy);
    frame.close();
  }
}
