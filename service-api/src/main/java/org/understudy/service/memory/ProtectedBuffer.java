package org.understudy.service.memory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.agrona.AsciiEncoding;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A view of protected memory for SBE flyweights and other code on Agrona buffers: a window of up to
 * 2 GiB that can be moved by {@link #wrap(ProtectedMemory, long, int)}. Every mutating method
 * passes the write barrier; bounds are always checked.
 *
 * <p>It gives no way around the barrier: {@link #byteArray} and {@link #byteBuffer} are null, and
 * {@link #addressOffset} throws. So it can be the target and the source of its own copy methods
 * with any buffer, and the target of {@code getBytes} of any buffer; but where an Agrona buffer
 * wants the address of another ({@code unsafeBuffer.putBytes(i, view, ...)}, {@code
 * unsafeBuffer.wrap(view)}), turn the call round ({@code view.getBytes(i, unsafeBuffer, ...)}) or
 * wrap a {@code ProtectedBuffer} instead.
 */
public final class ProtectedBuffer extends ProtectedView implements MutableDirectBuffer {
  /** Most digits of a natural int. */
  private static final int MAX_INT_DIGITS = 10;

  /** A view of nothing, to be wrapped. */
  public ProtectedBuffer() {}

  /** A view of a range. */
  public ProtectedBuffer(ProtectedMemory memory, long offset, int length) {
    wrap(memory, offset, length);
  }

  @Override
  public boolean isExpandable() {
    return false;
  }

  @Override
  public void setMemory(int index, int length, byte value) {
    memory.setMemory(at(index, length), length, value);
  }

  @Override
  public void putLong(int index, long value) {
    memory.putLong(at(index, Long.BYTES), value);
  }

  @Override
  public void putLong(int index, long value, ByteOrder order) {
    putLong(index, order == ByteOrder.BIG_ENDIAN ? Long.reverseBytes(value) : value);
  }

  @Override
  public void putInt(int index, int value) {
    memory.putInt(at(index, Integer.BYTES), value);
  }

  @Override
  public void putInt(int index, int value, ByteOrder order) {
    putInt(index, order == ByteOrder.BIG_ENDIAN ? Integer.reverseBytes(value) : value);
  }

  @Override
  public void putShort(int index, short value) {
    memory.putShort(at(index, Short.BYTES), value);
  }

  @Override
  public void putShort(int index, short value, ByteOrder order) {
    putShort(index, order == ByteOrder.BIG_ENDIAN ? Short.reverseBytes(value) : value);
  }

  @Override
  public void putChar(int index, char value) {
    memory.putChar(at(index, Character.BYTES), value);
  }

  @Override
  public void putChar(int index, char value, ByteOrder order) {
    putChar(index, order == ByteOrder.BIG_ENDIAN ? Character.reverseBytes(value) : value);
  }

  @Override
  public void putDouble(int index, double value) {
    memory.putDouble(at(index, Double.BYTES), value);
  }

  @Override
  public void putDouble(int index, double value, ByteOrder order) {
    putLong(index, Double.doubleToRawLongBits(value), order);
  }

  @Override
  public void putFloat(int index, float value) {
    memory.putFloat(at(index, Float.BYTES), value);
  }

  @Override
  public void putFloat(int index, float value, ByteOrder order) {
    putInt(index, Float.floatToRawIntBits(value), order);
  }

  @Override
  public void putByte(int index, byte value) {
    memory.putByte(at(index, Byte.BYTES), value);
  }

  @Override
  public void putBytes(int index, byte[] source) {
    putBytes(index, source, 0, source.length);
  }

  @Override
  public void putBytes(int index, byte[] source, int offset, int length) {
    memory.putBytes(at(index, length), source, offset, length);
  }

  @Override
  public void putBytes(int index, ByteBuffer source, int length) {
    int position = source.position();
    putBytes(index, source, position, length);
    source.position(position + length);
  }

  @Override
  public void putBytes(int index, ByteBuffer source, int sourceIndex, int length) {
    long to = at(index, length);
    Objects.checkFromIndexSize(sourceIndex, length, source.limit());
    copyIn(to, source, sourceIndex, length);
  }

  @Override
  public void putBytes(int index, DirectBuffer source, int sourceIndex, int length) {
    memory.putBytes(at(index, length), source, sourceIndex, length);
  }

  /** Copies from another range of protected memory. */
  void copyFrom(ProtectedMemory source, long sourceOffset, int index, int length) {
    source.copyTo(sourceOffset, memory, at(index, length), length);
  }

  @Override
  public int putIntAscii(int index, int value) {
    return fromScratch(index, scratch().putIntAscii(0, value));
  }

  @Override
  public int putNaturalIntAscii(int index, int value) {
    return fromScratch(index, scratch().putNaturalIntAscii(0, value));
  }

  @Override
  public void putNaturalPaddedIntAscii(int index, int length, int value) {
    boundsCheck(index, length);
    int zeros = Math.max(0, length - MAX_INT_DIGITS);
    scratch().putNaturalPaddedIntAscii(0, length - zeros, value);
    setMemory(index, zeros, (byte) '0');
    fromScratch(index + zeros, length - zeros);
  }

  @Override
  public int putNaturalIntAsciiFromEnd(int value, int endExclusive) {
    int index = endExclusive;
    int digits = AsciiEncoding.digitCount(value);
    boundsCheck(endExclusive - digits, digits);
    for (int rest = value; rest > 0; rest /= 10) {
      putByte(--index, (byte) ('0' + rest % 10));
    }
    return index;
  }

  @Override
  public int putNaturalLongAscii(int index, long value) {
    return fromScratch(index, scratch().putNaturalLongAscii(0, value));
  }

  @Override
  public int putLongAscii(int index, long value) {
    return fromScratch(index, scratch().putLongAscii(0, value));
  }

  @Override
  public int putStringAscii(int index, String value) {
    return fromScratch(index, scratch().putStringAscii(0, value));
  }

  @Override
  public int putStringAscii(int index, CharSequence value) {
    return fromScratch(index, scratch().putStringAscii(0, value));
  }

  @Override
  public int putStringAscii(int index, String value, ByteOrder order) {
    return fromScratch(index, scratch().putStringAscii(0, value, order));
  }

  @Override
  public int putStringAscii(int index, CharSequence value, ByteOrder order) {
    return fromScratch(index, scratch().putStringAscii(0, value, order));
  }

  @Override
  public int putStringWithoutLengthAscii(int index, String value) {
    return fromScratch(index, scratch().putStringWithoutLengthAscii(0, value));
  }

  @Override
  public int putStringWithoutLengthAscii(int index, CharSequence value) {
    return fromScratch(index, scratch().putStringWithoutLengthAscii(0, value));
  }

  @Override
  public int putStringWithoutLengthAscii(int index, String value, int offset, int length) {
    boundsCheck(index, value == null ? 0 : Math.min(length, value.length() - offset));
    return fromScratch(index, scratch().putStringWithoutLengthAscii(0, value, offset, length));
  }

  @Override
  public int putStringWithoutLengthAscii(int index, CharSequence value, int offset, int length) {
    boundsCheck(index, value == null ? 0 : Math.min(length, value.length() - offset));
    return fromScratch(index, scratch().putStringWithoutLengthAscii(0, value, offset, length));
  }

  @Override
  public int putStringUtf8(int index, String value) {
    return fromScratch(index, scratch().putStringUtf8(0, value));
  }

  @Override
  public int putStringUtf8(int index, String value, ByteOrder order) {
    return fromScratch(index, scratch().putStringUtf8(0, value, order));
  }

  @Override
  public int putStringUtf8(int index, String value, int maxEncodedLength) {
    return fromScratch(index, scratch().putStringUtf8(0, value, maxEncodedLength));
  }

  @Override
  public int putStringUtf8(int index, String value, ByteOrder order, int maxEncodedLength) {
    return fromScratch(index, scratch().putStringUtf8(0, value, order, maxEncodedLength));
  }

  @Override
  public int putStringWithoutLengthUtf8(int index, String value) {
    return fromScratch(index, scratch().putStringWithoutLengthUtf8(0, value));
  }

  /** Copies what Agrona wrote to the scratch buffer, through the barrier. */
  private int fromScratch(int index, int length) {
    memory.putBytes(at(index, length), scratch(), 0, length);
    return length;
  }
}
