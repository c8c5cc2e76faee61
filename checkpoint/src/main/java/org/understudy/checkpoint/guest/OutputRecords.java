package org.understudy.checkpoint.guest;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Layout of a service's output in a checkpoint: records of {@code u64 session, u32 length, bytes},
 * little-endian, packed without padding, in the order in which the guest made them. A length of
 * {@link #CLOSE} has no bytes and asks the front to close the session after what came before.
 */
public final class OutputRecords {
  /** Bytes before the payload of a record. */
  public static final int HEADER_BYTES = 12;

  /** Length that stands for "close this session". */
  public static final int CLOSE = -1;

  private OutputRecords() {}

  /** Receiver of parsed records. */
  @FunctionalInterface
  public interface Consumer {
    /** One record; {@code length} may be {@link OutputRecords#CLOSE}. */
    void onOutput(long sessionId, DirectBuffer buffer, int offset, int length);
  }

  /** Writes the header of a record and returns the offset of its payload. */
  public static int putHeader(MutableDirectBuffer buffer, int offset, long sessionId, int length) {
    buffer.putLong(offset, sessionId, ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(offset + Long.BYTES, length, ByteOrder.LITTLE_ENDIAN);
    return offset + HEADER_BYTES;
  }

  /**
   * Checks that a section parses to its last byte.
   *
   * @throws IllegalArgumentException naming the offset of the first bad record
   */
  public static void validate(DirectBuffer buffer, int offset, int length) {
    forEach(buffer, offset, length, (session, bytes, at, count) -> {});
  }

  /** Parses a section; throws {@link IllegalArgumentException} at the first bad record. */
  public static void forEach(DirectBuffer buffer, int offset, int length, Consumer consumer) {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      if (end - at < HEADER_BYTES) {
        throw new IllegalArgumentException("output record at " + (at - offset) + " is cut off");
      }
      long session = buffer.getLong(at, ByteOrder.LITTLE_ENDIAN);
      int bytes = buffer.getInt(at + Long.BYTES, ByteOrder.LITTLE_ENDIAN);
      int payload = Math.max(bytes, 0);
      if (bytes < CLOSE || payload > end - at - HEADER_BYTES) {
        throw new IllegalArgumentException(
            "output record at " + (at - offset) + " has length " + bytes);
      }
      consumer.onOutput(session, buffer, at + HEADER_BYTES, bytes);
      at += HEADER_BYTES + payload;
    }
  }
}
