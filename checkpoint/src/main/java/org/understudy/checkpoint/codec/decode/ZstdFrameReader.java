package org.understudy.checkpoint.codec.decode;

import org.understudy.checkpoint.codec.encode.ZstdFrameWriter;
import org.understudy.checkpoint.codec.format.Mem;
import org.understudy.checkpoint.codec.format.ZstdNative;

/** Takes the pieces of a {@link ZstdFrameWriter} in their order. What comes in is hostile. */
final class ZstdFrameReader implements AutoCloseable {
  private final long zstd = ZstdNative.newFrameDecompressor();
  private final long positions = Mem.allocateZeroed(2L * Long.BYTES);
  private boolean started;

  void start() {
    ZstdNative.resetDecompressor(zstd);
    started = true;
  }

  boolean isStarted() {
    return started;
  }

  /** No piece goes on with this frame. */
  void end() {
    started = false;
  }

  /**
   * Decompresses the next piece, which must hold {@code length} bytes and leave none behind in the
   * library. There is room for one byte more, which tells a piece that holds too much.
   *
   * @return the bytes, another number for a piece that holds more or less, or a negative error
   */
  int unpack(long from, int packed, long to, int length) {
    Mem.putLong(positions, 0);
    Mem.putLong(positions + Long.BYTES, 0);
    while (true) {
      long before = Mem.getLong(positions) + Mem.getLong(positions + Long.BYTES);
      int result = ZstdNative.decompressOn(zstd, to, length + 1, from, packed, positions);
      if (result < 0) {
        return result;
      }
      long written = Mem.getLong(positions);
      long read = Mem.getLong(positions + Long.BYTES);
      boolean idle = written + read == before;
      // The encoder ends no frame: one that ends is refused.
      if (result == 0 || written > length || idle) {
        return result > 0 && read == packed ? (int) written : length + 1;
      }
    }
  }

  @Override
  public void close() {
    ZstdNative.freeDecompressor(zstd);
    Mem.free(positions);
  }
}
