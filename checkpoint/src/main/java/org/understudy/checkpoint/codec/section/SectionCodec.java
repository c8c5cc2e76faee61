package org.understudy.checkpoint.codec.section;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.understudy.checkpoint.codec.encode.StreamPacker;
import org.understudy.checkpoint.codec.format.Compressor;
import org.understudy.checkpoint.codec.format.CorruptBatchException;
import org.understudy.checkpoint.codec.format.Mem;
import org.understudy.checkpoint.codec.format.NativeBuffer;
import org.understudy.checkpoint.codec.format.ZstdNative;

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

  /** Most memory of one codec: a chunk, the same packed, and what the compressors keep. */
  public static final long CEILING_BYTES = 2L * (MAX_RAW_BYTES + (64 << 10)) + (6 << 20);

  private static final int CRC_OFFSET = 0;
  private static final int RAW_LENGTH_OFFSET = 4;
  private static final int METHOD_OFFSET = 8;

  private final StreamPacker packer = new StreamPacker(1);
  private final long zstd = ZstdNative.newDecompressor();
  private final int capacity = HEADER_BYTES + packer.room();
  private final long memory = Mem.allocateZeroed(2L * capacity);
  private final NativeBuffer rawBuffer = new NativeBuffer(memory, capacity);
  private final ByteBuffer raw = rawBuffer.view();
  private final NativeBuffer packedBuffer = new NativeBuffer(memory + capacity, capacity);
  private final ByteBuffer packed = packedBuffer.view();
  private final CRC32C crc = new CRC32C();
  private boolean closed;

  /** Most bytes that a chunk of {@code rawLength} can take when encoded. */
  public static int maxEncodedLength(int rawLength) {
    return HEADER_BYTES + rawLength;
  }

  /** Encodes one chunk; returns its bytes, at most {@link #maxEncodedLength}. */
  public int encode(
      DirectBuffer src, int srcOffset, int length, MutableDirectBuffer dst, int dstOffset) {
    if (length < 0 || length > MAX_RAW_BYTES) {
      throw new IllegalArgumentException(
          "a section chunk has at most " + MAX_RAW_BYTES + " bytes, not " + length);
    }
    src.getBytes(srcOffset, raw, 0, length);
    int bytes = packer.pack(Compressor.ZSTD, 0, rawBuffer, 0, length, packedBuffer, HEADER_BYTES);
    packed.putInt(RAW_LENGTH_OFFSET, length);
    packed.putInt(METHOD_OFFSET, packer.used().code());
    packed.putInt(CRC_OFFSET, checksum(HEADER_BYTES + bytes));
    dst.putBytes(dstOffset, packed, 0, HEADER_BYTES + bytes);
    return HEADER_BYTES + bytes;
  }

  /**
   * Length of the chunk when decoded, checked against {@code maxRawLength}, before anything is
   * decoded.
   *
   * @throws CorruptBatchException if it is none or too long
   */
  public int rawLength(DirectBuffer src, int srcOffset, int length, int maxRawLength) {
    if (length < HEADER_BYTES || length > HEADER_BYTES + MAX_RAW_BYTES) {
      throw new CorruptBatchException(0, "a section chunk of " + length + " bytes");
    }
    src.getBytes(srcOffset, packed, 0, HEADER_BYTES);
    int announced = packed.getInt(RAW_LENGTH_OFFSET);
    if (announced < 0 || announced > Math.min(maxRawLength, MAX_RAW_BYTES)) {
      throw new CorruptBatchException(
          RAW_LENGTH_OFFSET, "announces " + announced + " bytes, at most " + maxRawLength);
    }
    return announced;
  }

  /**
   * Decodes one chunk to exactly its announced length, at most {@code maxRawLength}.
   *
   * @return the decoded bytes
   * @throws CorruptBatchException naming offset and reason; {@code dst} is unchanged
   */
  public int decode(
      DirectBuffer src,
      int srcOffset,
      int length,
      MutableDirectBuffer dst,
      int dstOffset,
      int maxRawLength) {
    int announced = rawLength(src, srcOffset, length, maxRawLength);
    src.getBytes(srcOffset, packed, 0, length);
    int expected = packed.getInt(CRC_OFFSET);
    int actual = checksum(length);
    if (expected != actual) {
      throw new CorruptBatchException(
          CRC_OFFSET, String.format("checksum %08x, content has %08x", expected, actual));
    }
    int method = packed.getInt(METHOD_OFFSET);
    int bytes = length - HEADER_BYTES;
    if (method == Compressor.NONE.code() && bytes == announced) {
      dst.putBytes(dstOffset, packed, HEADER_BYTES, announced);
    } else if (method == Compressor.ZSTD.code()) {
      decompress(bytes, announced);
      dst.putBytes(dstOffset, raw, 0, announced);
    } else {
      throw new CorruptBatchException(
          METHOD_OFFSET, "method " + method + " with " + bytes + " bytes for " + announced);
    }
    return announced;
  }

  private void decompress(int bytes, int announced) {
    int actual =
        ZstdNative.decompress(
            zstd, rawBuffer.address(), announced, packedBuffer.address() + HEADER_BYTES, bytes);
    if (actual < 0) {
      throw new CorruptBatchException(HEADER_BYTES, ZstdNative.errorName(actual));
    }
    if (actual != announced) {
      throw new CorruptBatchException(
          RAW_LENGTH_OFFSET, "announces " + announced + " bytes, has " + actual);
    }
  }

  private int checksum(int length) {
    crc.reset();
    packed.limit(length).position(RAW_LENGTH_OFFSET);
    crc.update(packed);
    packed.clear();
    return (int) crc.getValue();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      packer.close();
      ZstdNative.freeDecompressor(zstd);
      Mem.free(memory);
    }
  }
}
