package org.understudy.checkpoint.codec.format;

/** Numbers of the batch format; {@code docs/codec.md} describes it byte by byte. */
public final class BatchFormat {
  /** Largest batch, whatever {@code maxLength} is. */
  public static final int MAX_BATCH_BYTES = 256 * 1024;

  public static final int VERSION = 2;

  public static final int CRC_OFFSET = 0;
  public static final int LENGTH_OFFSET = 4;
  public static final int EPOCH_OFFSET = 8;
  public static final int SEQUENCE_OFFSET = 16;
  public static final int PAGES_OFFSET = 20;
  public static final int VERSION_OFFSET = 22;
  public static final int FLAGS_OFFSET = 23;
  public static final int STREAMS_OFFSET = 24;
  public static final int HEADER_BYTES = 26;

  /** Flags: two bits block size, two bits value mode, one bit ascending pages. */
  public static final int FLAG_MODE_SHIFT = 2;

  public static final int FLAG_ASCENDING = 1 << 4;
  public static final int FLAGS_KNOWN = (1 << 5) - 1;

  public static final int STREAM_PAGES = 0;
  public static final int STREAM_CLASSES = 1;
  public static final int STREAM_POSITIONS = 2;
  public static final int STREAM_WORD_MASKS = 3;
  public static final int STREAM_BYTE_MASKS = 4;
  public static final int STREAM_VALUES = 5;
  public static final int STREAM_DATA = 6;
  public static final int STREAM_OPS = 7;
  public static final int STREAM_LITERALS = 8;
  public static final int STREAMS = 9;

  /** Most bytes of one entry of the stream directory: compressor and two numbers. */
  public static final int DIRECTORY_ENTRY_MAX = 11;

  public static final int MODE_RAW = 0;
  public static final int MODE_XOR = 1;
  public static final int MODE_SUB = 2;
  public static final int MODES = 3;

  public static final int CLASS_ZERO = 0;
  public static final int CLASS_CONSTANT = 1;
  public static final int CLASS_WHOLE = 2;
  public static final int CLASS_SHARED = 3;
  public static final int CLASS_SHIFTED = 4;
  public static final int CLASS_XOR_RLE = 5;

  /** Class byte of changed words in 1 to 64 blocks: this plus count - 1. */
  public static final int CLASS_WORDS = 64;

  /** Class byte of 1 to 64 raw blocks: this plus count - 1. */
  public static final int CLASS_BLOCKS = 128;

  /** First class byte that is not in use. */
  public static final int CLASS_END = 192;

  /** Up to so many changed blocks are sent as a list of positions, more as a mask. */
  public static final int LIST_MAX = 8;

  /** Most pages of one batch: bounds the time until it is shipped. */
  public static final int MAX_PAGES = 1000;

  /** Most bytes of all streams of a batch when decompressed: bounds what a peer can ask for. */
  public static final int MAX_RAW_BYTES = 1 << 20;

  /** Bytes that a reader may read, and a writer write, behind the end of a stream. */
  public static final int SLACK = 64;

  private BatchFormat() {}
}
