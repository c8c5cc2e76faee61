package org.understudy.service.memory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;

/** The reading half of {@link ProtectedBuffer}: a window of up to 2 GiB over protected memory. */
abstract class ProtectedView implements DirectBuffer {
  /** Bytes copied at a time from and to byte buffers. */
  private static final int CHUNK_BYTES = 4096;

  ProtectedMemory memory;
  private long start;
  private int capacity;
  private ExpandableArrayBuffer scratch;

  /** Moves this view to another range. */
  public final void wrap(ProtectedMemory target, long offset, int length) {
    target.checkBounds(offset, length);
    memory = target;
    start = offset;
    capacity = length;
  }

  /** Offset of this view's first byte in its memory. */
  public final long memoryOffset() {
    return start;
  }

  @Override
  public void wrap(DirectBuffer buffer) {
    wrap(buffer, 0, buffer.capacity());
  }

  @Override
  public void wrap(DirectBuffer buffer, int offset, int length) {
    if (!(buffer instanceof ProtectedView view)) {
      throw otherMemory();
    }
    view.boundsCheck(offset, length);
    wrap(view.memory, view.start + offset, length);
  }

  @Override
  public void wrap(byte[] buffer) {
    throw otherMemory();
  }

  @Override
  public void wrap(byte[] buffer, int offset, int length) {
    throw otherMemory();
  }

  @Override
  public void wrap(ByteBuffer buffer) {
    throw otherMemory();
  }

  @Override
  public void wrap(ByteBuffer buffer, int offset, int length) {
    throw otherMemory();
  }

  @Override
  public void wrap(long address, int length) {
    throw otherMemory();
  }

  private static UnsupportedOperationException otherMemory() {
    return new UnsupportedOperationException(
        "a view of protected memory wraps nothing else; copy with putBytes");
  }

  @Override
  public long addressOffset() {
    throw new UnsupportedOperationException(
        "protected memory gives no address away; copy with getBytes, or wrap a ProtectedBuffer");
  }

  @Override
  public byte[] byteArray() {
    return null;
  }

  @Override
  public ByteBuffer byteBuffer() {
    return null;
  }

  @Override
  public int wrapAdjustment() {
    return 0;
  }

  @Override
  public int capacity() {
    return capacity;
  }

  @Override
  public void checkLimit(int limit) {
    if (limit > capacity) {
      throw new IndexOutOfBoundsException("limit=" + limit + " is beyond capacity=" + capacity);
    }
  }

  @Override
  public void boundsCheck(int index, int length) {
    at(index, length);
  }

  /** Offset in memory of a range of this view. */
  final long at(int index, int length) {
    if (index < 0 || length < 0 || index > capacity - length) {
      throw new IndexOutOfBoundsException(
          "index=" + index + " length=" + length + " capacity=" + capacity);
    }
    return start + index;
  }

  /** Address of an index that was checked; must not leave this package. */
  final long address(int index) {
    return memory.at(start + index, 0);
  }

  final ExpandableArrayBuffer scratch() {
    if (scratch == null) {
      scratch = new ExpandableArrayBuffer();
    }
    return scratch;
  }

  /** Copies a range to the scratch buffer, where Agrona parses it. */
  private DirectBuffer inScratch(int index, int length) {
    long from = at(index, length);
    memory.getBytes(from, scratch(), 0, length);
    return scratch;
  }

  private static boolean isBig(ByteOrder order) {
    return order == ByteOrder.BIG_ENDIAN;
  }

  @Override
  public long getLong(int index) {
    return memory.getLong(at(index, Long.BYTES));
  }

  @Override
  public long getLong(int index, ByteOrder order) {
    long value = getLong(index);
    return isBig(order) ? Long.reverseBytes(value) : value;
  }

  @Override
  public int getInt(int index) {
    return memory.getInt(at(index, Integer.BYTES));
  }

  @Override
  public int getInt(int index, ByteOrder order) {
    int value = getInt(index);
    return isBig(order) ? Integer.reverseBytes(value) : value;
  }

  @Override
  public short getShort(int index) {
    return memory.getShort(at(index, Short.BYTES));
  }

  @Override
  public short getShort(int index, ByteOrder order) {
    short value = getShort(index);
    return isBig(order) ? Short.reverseBytes(value) : value;
  }

  @Override
  public char getChar(int index) {
    return (char) getShort(index);
  }

  @Override
  public char getChar(int index, ByteOrder order) {
    return (char) getShort(index, order);
  }

  @Override
  public double getDouble(int index) {
    return memory.getDouble(at(index, Double.BYTES));
  }

  @Override
  public double getDouble(int index, ByteOrder order) {
    return isBig(order) ? Double.longBitsToDouble(getLong(index, order)) : getDouble(index);
  }

  @Override
  public float getFloat(int index) {
    return memory.getFloat(at(index, Float.BYTES));
  }

  @Override
  public float getFloat(int index, ByteOrder order) {
    return isBig(order) ? Float.intBitsToFloat(getInt(index, order)) : getFloat(index);
  }

  @Override
  public byte getByte(int index) {
    return memory.getByte(at(index, Byte.BYTES));
  }

  @Override
  public void getBytes(int index, byte[] target) {
    getBytes(index, target, 0, target.length);
  }

  @Override
  public void getBytes(int index, byte[] target, int offset, int length) {
    memory.getBytes(at(index, length), target, offset, length);
  }

  @Override
  public void getBytes(int index, MutableDirectBuffer target, int targetIndex, int length) {
    memory.getBytes(at(index, length), target, targetIndex, length);
  }

  @Override
  public void getBytes(int index, ByteBuffer target, int length) {
    int position = target.position();
    getBytes(index, target, position, length);
    target.position(position + length);
  }

  @Override
  public void getBytes(int index, ByteBuffer target, int targetOffset, int length) {
    long from = at(index, length);
    Objects.checkFromIndexSize(targetOffset, length, target.limit());
    byte[] chunk = new byte[Math.min(CHUNK_BYTES, length)];
    for (int done = 0; done < length; done += chunk.length) {
      int count = Math.min(chunk.length, length - done);
      memory.getBytes(from + done, chunk, 0, count);
      target.put(targetOffset + done, chunk, 0, count);
    }
  }

  /** Copies from a byte buffer; the range was checked. */
  final void copyIn(long to, ByteBuffer source, int sourceIndex, int length) {
    byte[] chunk = new byte[Math.min(CHUNK_BYTES, length)];
    for (int done = 0; done < length; done += chunk.length) {
      int count = Math.min(chunk.length, length - done);
      source.get(sourceIndex + done, chunk, 0, count);
      memory.putBytes(to + done, chunk, 0, count);
    }
  }

  @Override
  public int parseNaturalIntAscii(int index, int length) {
    return inScratch(index, length).parseNaturalIntAscii(0, length);
  }

  @Override
  public long parseNaturalLongAscii(int index, int length) {
    return inScratch(index, length).parseNaturalLongAscii(0, length);
  }

  @Override
  public int parseIntAscii(int index, int length) {
    return inScratch(index, length).parseIntAscii(0, length);
  }

  @Override
  public long parseLongAscii(int index, int length) {
    return inScratch(index, length).parseLongAscii(0, length);
  }

  @Override
  public String getStringAscii(int index) {
    return getStringAscii(index, getInt(index));
  }

  @Override
  public int getStringAscii(int index, Appendable appendable) {
    return getStringAscii(index, getInt(index), appendable);
  }

  @Override
  public String getStringAscii(int index, ByteOrder order) {
    return getStringAscii(index, getInt(index, order));
  }

  @Override
  public int getStringAscii(int index, Appendable appendable, ByteOrder order) {
    return getStringAscii(index, getInt(index, order), appendable);
  }

  @Override
  public String getStringAscii(int index, int length) {
    boundsCheck(index, STR_HEADER_LEN);
    return getStringWithoutLengthAscii(index + STR_HEADER_LEN, length);
  }

  @Override
  public int getStringAscii(int index, int length, Appendable appendable) {
    boundsCheck(index, STR_HEADER_LEN);
    return getStringWithoutLengthAscii(index + STR_HEADER_LEN, length, appendable);
  }

  @Override
  public String getStringWithoutLengthAscii(int index, int length) {
    return inScratch(index, length).getStringWithoutLengthAscii(0, length);
  }

  @Override
  public int getStringWithoutLengthAscii(int index, int length, Appendable appendable) {
    return inScratch(index, length).getStringWithoutLengthAscii(0, length, appendable);
  }

  @Override
  public String getStringUtf8(int index) {
    return getStringUtf8(index, getInt(index));
  }

  @Override
  public String getStringUtf8(int index, ByteOrder order) {
    return getStringUtf8(index, getInt(index, order));
  }

  @Override
  public String getStringUtf8(int index, int length) {
    boundsCheck(index, STR_HEADER_LEN);
    return getStringWithoutLengthUtf8(index + STR_HEADER_LEN, length);
  }

  @Override
  public String getStringWithoutLengthUtf8(int index, int length) {
    return inScratch(index, length).getStringWithoutLengthUtf8(0, length);
  }

  /** Compares as unsigned bytes, then by length (Agrona's own order is one of machine words). */
  @Override
  public int compareTo(DirectBuffer that) {
    int common = Math.min(capacity, that.capacity());
    long otherAt = Buffers.address(that, 0);
    long at = Buffers.mismatch(null, address(0), Buffers.array(that), otherAt, common);
    return at < 0
        ? Integer.compare(capacity, that.capacity())
        : Byte.compareUnsigned(getByte((int) at), that.getByte((int) at));
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof ProtectedView view
            && capacity == view.capacity
            && Buffers.mismatch(null, address(0), null, view.address(0), capacity) < 0;
  }

  @Override
  public int hashCode() {
    int hash = 1;
    long from = address(0);
    for (int i = 0; i < capacity; i++) {
      hash = 31 * hash + UnsafeApi.getByte(from + i);
    }
    return hash;
  }

  @Override
  public String toString() {
    return getClass().getSimpleName() + "{offset=" + start + ", capacity=" + capacity + "}";
  }
}
