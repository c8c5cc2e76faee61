package org.understudy.checkpoint.codec.format;

/** Numbers of the batch format; {@code docs/codec.md} describes it byte by byte. */
final class BatchFormat {
  static final int VERSION = 2;

  static final int CRC_OFFSET = 0;
  static final int LENGTH_OFFSET = 4;
  static final int EPOCH_OFFSET = 8;
  static final int SEQUENCE_OFFSET = 16;
  static final int PAGES_OFFSET = 20;
  static final int VERSION_OFFSET = 22;
  static final int FLAGS_OFFSET = 23;
  static final int STREAMS_OFFSET = 24;
  static final int HEADER_BYTES = 26;

  /** Flags: two bits block size, two bits value mode, one bit ascending pages. */
  static final int FLAG_MODE_SHIFT = 2;

  static final int FLAG_ASCENDING = 1 << 4;
  static final int FLAGS_KNOWN = (1 << 5) - 1;

  static final int STREAM_PAGES = 0;
  static final int STREAM_CLASSES = 1;
  static final int STREAM_POSITIONS = 2;
  static final int STREAM_WORD_MASKS = 3;
  static final int STREAM_BYTE_MASKS = 4;
  static final int STREAM_VALUES = 5;
  static final int STREAM_DATA = 6;
  static final int STREAM_OPS = 7;
  static final int STREAM_LITERALS = 8;
  static final int STREAMS = 9;

  /** Most bytes of one entry of the stream directory: compressor and two numbers. */
  static final int DIRECTORY_ENTRY_MAX = 11;

  static final int MODE_RAW = 0;
  static final int MODE_XOR = 1;
  static final int MODE_SUB = 2;
  static final int MODES = 3;

  static final int CLASS_ZERO = 0;
  static final int CLASS_CONSTANT = 1;
  static final int CLASS_WHOLE = 2;
  static final int CLASS_SHARED = 3;
  static final int CLASS_SHIFTED = 4;
  static final int CLASS_XOR_RLE = 5;

  /** Class byte of changed words in 1 to 64 blocks: this plus count - 1. */
  static final int CLASS_WORDS = 64;

  /** Class byte of 1 to 64 raw blocks: this plus count - 1. */
  static final int CLASS_BLOCKS = 128;

  /** First class byte that is not in use. */
  static final int CLASS_END = 192;

  /** Up to so many changed blocks are sent as a list of positions, more as a mask. */
  static final int LIST_MAX = 8;

  /** Most pages of one batch: bounds the time until it is shipped. */
  static final int MAX_PAGES = 1000;

  /** Most bytes of all streams of a batch when decompressed: bounds what a peer can ask for. */
  static final int MAX_RAW_BYTES = 1 << 20;

  /** Bytes that a reader may read, and a writer write, behind the end of a stream. */
  static final int SLACK = 64;

  private BatchFormat() {}
}
