package org.understudy.checkpoint.codec.format;

/** How a stream of bytes is stored; the code is its byte in the format, never renumbered. */
public enum Compressor {
  /** As it is. */
  NONE(0),
  /** LZ4 block: what is read of it, no preset writes it. */
  LZ4(1),
  /** Zstandard level 1, a frame without magic number, checksum and content size. */
  ZSTD(2),
  /** The first piece of a Zstandard frame that later batches of the epoch go on with. */
  FRAME_START(3),
  /** The next piece of that frame. */
  FRAME_NEXT(4);

  private final int code;

  Compressor(int code) {
    this.code = code;
  }

  /** Byte in the format. */
  public int code() {
    return code;
  }

  /** Whether it can be asked for; the pieces of frames are what {@link #ZSTD} becomes. */
  public boolean isSetting() {
    return code < FRAME_START.code;
  }
}
