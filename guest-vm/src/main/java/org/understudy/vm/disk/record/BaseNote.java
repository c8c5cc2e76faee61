package org.understudy.vm.disk.record;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Layout of a note that says what a disk of the backup holds before a copy: {@code u8 disk, u8
 * zero, u16 count, u32 zero, u64 first extent}, little-endian, then the hashes of that many
 * extents. Notes of a disk ascend; extents that they leave out up to their end are holes, or
 * unknown.
 */
public final class BaseNote {
  /** Bytes before the hashes. */
  public static final int HEADER_BYTES = 16;

  /** Most hashes of a note. */
  public static final int MAX_HASHES = 512;

  private static final int COUNT = 2;
  private static final int FIRST = 8;

  private BaseNote() {}

  /** Bytes of a note with so many hashes. */
  public static int bytes(int count) {
    return HEADER_BYTES + count * ExtentHash.HASH_BYTES;
  }

  /** Writes the header. */
  public static void putHeader(MutableDirectBuffer buffer, int disk, long first, int count) {
    buffer.putLong(0, 0);
    buffer.putByte(0, (byte) disk);
    buffer.putShort(COUNT, (short) count, ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(FIRST, first, ByteOrder.LITTLE_ENDIAN);
  }

  /** The disk. */
  public static int disk(DirectBuffer buffer, int at) {
    return buffer.getByte(at) & 0xff;
  }

  /** Hashes in it. */
  public static int count(DirectBuffer buffer, int at) {
    return buffer.getShort(at + COUNT, ByteOrder.LITTLE_ENDIAN) & 0xffff;
  }

  /** The extent of the first hash. */
  public static long first(DirectBuffer buffer, int at) {
    return buffer.getLong(at + FIRST, ByteOrder.LITTLE_ENDIAN);
  }
}
