package org.understudy.vm.disk.record;

import java.io.IOException;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Layout of the disk writes in a checkpoint: records of {@code u8 kind, u8 disk, u16 zero, u32
 * length, u64 offset, data}, little-endian, packed without padding, in the order in which the guest
 * made them, over all its disks. Only {@link DiskRecordKind#WRITE} carries data; length and offset
 * of a {@link DiskRecordKind#FLUSH} are zero.
 */
public final class DiskRecords {
  /** Bytes before the data of a record. */
  public static final int HEADER_BYTES = 16;

  /** Longest range of a record without data. */
  public static final long MAX_RANGE_BYTES = 0xffffffffL;

  /** Most disks of a guest. */
  public static final int MAX_DISKS = 256;

  private static final int DISK = 1;
  private static final int RESERVED = 2;
  private static final int LENGTH = 4;
  private static final int OFFSET = 8;

  private DiskRecords() {}

  /** Receiver of parsed records. */
  @FunctionalInterface
  public interface Consumer {
    /**
     * One record.
     *
     * @param at where its data starts in the buffer; only of a WRITE
     */
    void onRecord(
        DiskRecordKind kind, int disk, long offset, long length, DirectBuffer buffer, int at)
        throws IOException;
  }

  /** Writes the header of a record and returns the offset of its data. */
  public static int putHeader(
      MutableDirectBuffer buffer, int at, DiskRecordKind kind, int disk, long offset, long length) {
    buffer.putByte(at, (byte) kind.code());
    buffer.putByte(at + DISK, (byte) disk);
    buffer.putShort(at + RESERVED, (short) 0, ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(at + LENGTH, (int) length, ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(at + OFFSET, offset, ByteOrder.LITTLE_ENDIAN);
    return at + HEADER_BYTES;
  }

  /**
   * Checks that a section parses to its last byte and stays inside the disks.
   *
   * @param sizesBytes sizes of the guest's disks
   * @return the number of records
   * @throws IllegalArgumentException naming the offset of the first bad record
   */
  public static int validate(DirectBuffer buffer, int offset, int length, long[] sizesBytes) {
    int at = offset;
    int end = offset + length;
    int records = 0;
    while (at < end) {
      if (end - at < HEADER_BYTES) {
        throw bad(at - offset, "is cut off");
      }
      at = checked(buffer, at, end, at - offset, sizesBytes);
      records++;
    }
    return records;
  }

  private static int checked(
      DirectBuffer buffer, int at, int end, int position, long[] sizesBytes) {
    DiskRecordKind kind = kind(buffer, at);
    int disk = disk(buffer, at);
    long length = length(buffer, at);
    long offset = buffer.getLong(at + OFFSET, ByteOrder.LITTLE_ENDIAN);
    if (kind == null) {
      throw bad(position, "has the unknown kind " + (buffer.getByte(at) & 0xff));
    }
    if (buffer.getShort(at + RESERVED, ByteOrder.LITTLE_ENDIAN) != 0) {
      throw bad(position, "has reserved bits set");
    }
    if (disk >= sizesBytes.length) {
      throw bad(position, "is for disk " + disk + " of " + sizesBytes.length);
    }
    if (kind == DiskRecordKind.FLUSH && (offset != 0 || length != 0)) {
      throw bad(position, "is a flush with a range");
    }
    long size = sizesBytes[disk];
    if (offset < 0 || offset > size || length > size - offset) {
      throw bad(position, "goes beyond disk " + disk + ": " + offset + "+" + length + "/" + size);
    }
    long data = kind == DiskRecordKind.WRITE ? length : 0;
    if (data > end - at - HEADER_BYTES) {
      throw bad(position, "has data of " + data + " bytes, cut off");
    }
    return at + HEADER_BYTES + (int) data;
  }

  /** Writes, trims and zeroings of a section that {@link #validate} accepted. */
  public static long count(DirectBuffer buffer, int length) {
    long count = 0;
    int at = 0;
    while (at < length) {
      DiskRecordKind kind = kind(buffer, at);
      count += kind == DiskRecordKind.FLUSH ? 0 : 1;
      at += HEADER_BYTES + (kind == DiskRecordKind.WRITE ? (int) length(buffer, at) : 0);
    }
    return count;
  }

  /** Passes on the records of a section that {@link #validate} accepted. */
  public static void forEach(DirectBuffer buffer, int offset, int length, Consumer consumer)
      throws IOException {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      DiskRecordKind kind = kind(buffer, at);
      long bytes = length(buffer, at);
      long position = buffer.getLong(at + OFFSET, ByteOrder.LITTLE_ENDIAN);
      int data = at + HEADER_BYTES;
      consumer.onRecord(kind, disk(buffer, at), position, bytes, buffer, data);
      at = data + (kind == DiskRecordKind.WRITE ? (int) bytes : 0);
    }
  }

  private static DiskRecordKind kind(DirectBuffer buffer, int at) {
    return DiskRecordKind.of(buffer.getByte(at) & 0xff);
  }

  private static int disk(DirectBuffer buffer, int at) {
    return buffer.getByte(at + DISK) & 0xff;
  }

  private static long length(DirectBuffer buffer, int at) {
    return buffer.getInt(at + LENGTH, ByteOrder.LITTLE_ENDIAN) & MAX_RANGE_BYTES;
  }

  private static IllegalArgumentException bad(int position, String what) {
    return new IllegalArgumentException("disk record at " + position + " " + what);
  }
}
