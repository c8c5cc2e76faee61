package org.understudy.checkpoint.codec;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Opaque sections of a checkpoint (output, device state, disk writes, frames) in chunks of at most
 * {@link #MAX_RAW_BYTES}: Zstandard where it pays, else as they are. For one thread; does not
 * allocate.
 */
public final class SectionCodec implements AutoCloseable {
  /** Largest chunk; bounds what a peer can make the other side decompress at once. */
  public static final int MAX_RAW_BYTES = 1 << 20;

  /** Bytes before the payload of an encoded chunk. */
  public static final int HEADER_BYTES = 12;

  /** Most bytes that a chunk of {@code rawLength} can take when encoded. */
  public static int maxEncodedLength(int rawLength) {
    return HEADER_BYTES + rawLength;
  }

  /** Encodes one chunk; returns its bytes, at most {@link #maxEncodedLength}. */
  public int encode(
      DirectBuffer src, int srcOffset, int length, MutableDirectBuffer dst, int dstOffset) {
    throw new UnsupportedOperationException();
  }

  /**
   * Length of the chunk when decoded, checked against {@code maxRawLength}, before anything is
   * decoded.
   *
   * @throws CorruptBatchException if it is none or too long
   */
  public int rawLength(DirectBuffer src, int srcOffset, int length, int maxRawLength) {
    throw new UnsupportedOperationException();
  }

  /**
   * Decodes one chunk to exactly its announced length, at most {@code maxRawLength}.
   *
   * @return the decoded bytes
   * @throws CorruptBatchException naming offset and reason
   */
  public int decode(
      DirectBuffer src,
      int srcOffset,
      int length,
      MutableDirectBuffer dst,
      int dstOffset,
      int maxRawLength) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
