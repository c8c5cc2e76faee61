package org.understudy.checkpoint.codec.encode;

import org.understudy.checkpoint.codec.format.Mem;
import org.understudy.checkpoint.codec.format.ZstdNative;

/**
 * A Zstandard frame that goes on through the batches of an epoch: what a batch brings may refer to
 * what earlier ones brought, as if they were compressed at once. Their data stay in memory, one
 * behind the other; where data begin elsewhere, so does a new frame.
 */
public final class ZstdFrameWriter implements AutoCloseable {
  /** Whole pages of text or records: long matches and a table that a core's cache holds. */
  private static final int MIN_MATCH = 7;

  private static final int HASH_LOG = 15;

  private final long zstd = ZstdNative.newFrameCompressor(MIN_MATCH, HASH_LOG);
  private final long positions = Mem.allocateZeroed(2L * Long.BYTES);
  private long start;
  private int length;
  private boolean firstPiece;

  /** The next piece starts a frame. */
  void end() {
    start = 0;
    length = 0;
  }

  /** Whether the last piece started a frame. */
  boolean isFirstPiece() {
    return firstPiece;
  }

  /** Writes the next piece; what was given cannot be taken back. */
  int pack(long from, int bytes, long to, int room) {
    firstPiece = from != start + length;
    if (firstPiece) {
      ZstdNative.resetCompressor(zstd);
      start = from;
      length = 0;
    }
    Mem.putLong(positions, 0);
    Mem.putLong(positions + Long.BYTES, length);
    length += bytes;
    int result = ZstdNative.compressOn(zstd, to, room, start, length, positions);
    if (result != 0) {
      throw new IllegalStateException(
          "zstd: " + (result < 0 ? ZstdNative.errorName(result) : result + " bytes have no room"));
    }
    return (int) Mem.getLong(positions);
  }

  @Override
  public void close() {
    ZstdNative.freeCompressor(zstd);
    Mem.free(positions);
  }
}
