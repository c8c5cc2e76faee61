package org.understudy.checkpoint.codec;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.codec.decode.EpochDecoder;
import org.understudy.checkpoint.codec.encode.EpochEncoder;
import org.understudy.checkpoint.codec.format.BatchFormat;
import org.understudy.checkpoint.guest.CapturedPages;

/** Steps that most codec tests take. */
public final class Codecs {
  private Codecs() {}

  /** The batches of one capture, as arrays. */
  public static List<byte[]> encode(EpochEncoder encoder, long epoch, CapturedPages pages) {
    List<byte[]> batches = new ArrayList<>();
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[BatchFormat.MAX_BATCH_BYTES]);
    encoder.begin(epoch, pages);
    int length = encoder.encodeNext(buffer, 0, buffer.capacity());
    while (length > 0) {
      byte[] batch = new byte[length];
      buffer.getBytes(0, batch);
      batches.add(batch);
      length = encoder.encodeNext(buffer, 0, buffer.capacity());
    }
    return batches;
  }

  static void accept(EpochDecoder decoder, byte[] batch) {
    decoder.accept(new UnsafeBuffer(batch), 0, batch.length);
  }

  public static void decode(EpochDecoder decoder, long epoch, List<byte[]> batches) {
    decoder.begin(epoch);
    batches.forEach(batch -> accept(decoder, batch));
    decoder.apply();
  }

  /** Makes the checksum of a changed batch right again. */
  public static void fixChecksum(byte[] batch) {
    java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
    crc.update(batch, BatchFormat.LENGTH_OFFSET, batch.length - BatchFormat.LENGTH_OFFSET);
    new UnsafeBuffer(batch).putInt(BatchFormat.CRC_OFFSET, (int) crc.getValue());
  }

  public static int[] pages(int from, int to) {
    return java.util.stream.IntStream.range(from, to).toArray();
  }
}
