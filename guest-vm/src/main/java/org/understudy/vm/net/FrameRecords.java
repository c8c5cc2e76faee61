package org.understudy.vm.net;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Layout of the frames in a checkpoint: records of {@code u32 nic, u32 length, bytes},
 * little-endian, packed without padding, in the order in which QEMU gave them, over all interfaces.
 * A frame begins with its vnet header.
 */
public final class FrameRecords {
  /** Bytes before those of a frame. */
  public static final int HEADER_BYTES = 8;

  /** Most interfaces of a guest. */
  public static final int MAX_NICS = 64;

  private FrameRecords() {}

  /** Writes the header of a record and returns the offset of its frame. */
  public static int putHeader(MutableDirectBuffer buffer, int at, int nic, int length) {
    buffer.putInt(at, nic, ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(at + Integer.BYTES, length, ByteOrder.LITTLE_ENDIAN);
    return at + HEADER_BYTES;
  }

  static int nicAt(DirectBuffer buffer, int at) {
    return buffer.getInt(at, ByteOrder.LITTLE_ENDIAN);
  }

  static int lengthAt(DirectBuffer buffer, int at) {
    return buffer.getInt(at + Integer.BYTES, ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Checks that a section parses to its last byte.
   *
   * @throws IllegalArgumentException naming the offset of the first bad record
   */
  public static void validate(DirectBuffer buffer, int offset, int length) {
    forEach(buffer, offset, length, (nic, frames, at, count) -> {});
  }

  /** Parses a section; throws {@link IllegalArgumentException} at the first bad record. */
  public static void forEach(DirectBuffer buffer, int offset, int length, FrameSink sink) {
    int end = offset + length;
    for (int at = offset; at < end; ) {
      if (end - at < HEADER_BYTES) {
        throw new IllegalArgumentException("frame record at " + (at - offset) + " is cut off");
      }
      int nic = nicAt(buffer, at);
      int bytes = lengthAt(buffer, at);
      if (nic < 0 || nic >= MAX_NICS) {
        throw new IllegalArgumentException(
            "frame record at "
                + (at - offset)
                + " names interface "
                + Integer.toUnsignedString(nic));
      }
      if (bytes < 1 || bytes > Frames.MAX_FRAME_BYTES || bytes > end - at - HEADER_BYTES) {
        throw new IllegalArgumentException(
            "frame record at " + (at - offset) + " has length " + Integer.toUnsignedString(bytes));
      }
      sink.onFrame(nic, buffer, at + HEADER_BYTES, bytes);
      at += HEADER_BYTES + bytes;
    }
  }
}
