package org.understudy.service.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Objects;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;

/**
 * The memory of a service that is replicated: byte offsets from 0 to {@link #capacity}, which may
 * exceed 2 GiB. Primitives are little-endian and may be unaligned. Every write passes the write
 * barrier of the dirty tracker; no address, array or {@link java.nio.ByteBuffer} of it is ever
 * handed out. All methods check bounds and throw {@link IndexOutOfBoundsException}. Single-threaded
 * like the service.
 */
public final class ProtectedMemory {
  static {
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      // Images are compared and moved bit for bit; one byte order for all nodes keeps that simple.
      throw new IllegalStateException("Understudy runs on little-endian machines only");
    }
  }

  private final long address;
  private final long capacity;

  /** Null where another tracker sees writes by itself, or nobody does. */
  private final WriteHook barrier;

  /** Keeps memory that no one else owns alive. */
  private final MemorySegment owned;

  private ProtectedMemory(long address, long capacity, WriteHook barrier, MemorySegment owned) {
    this.address = address;
    this.capacity = capacity;
    this.barrier = barrier;
    this.owned = owned;
  }

  /**
   * The memory of a guest. It must not be used after that was closed.
   *
   * @param barrier told of every write before it happens; null if the tracker needs none
   */
  public static ProtectedMemory over(MemorySegment memory, WriteHook barrier) {
    return new ProtectedMemory(memory.address(), memory.byteSize(), barrier, memory);
  }

  /** Zeroed memory of its own that nobody replicates, for tests and tools. */
  public static ProtectedMemory unprotected(long bytes) {
    MemorySegment segment = Arena.ofAuto().allocate(bytes, Long.BYTES);
    return new ProtectedMemory(segment.address(), bytes, null, segment);
  }

  /** Bytes. */
  public long capacity() {
    return capacity;
  }

  /** The byte at an offset. */
  public byte getByte(long offset) {
    return UnsafeApi.getByte(at(offset, Byte.BYTES));
  }

  /** Two bytes. */
  public short getShort(long offset) {
    return UnsafeApi.getShort(at(offset, Short.BYTES));
  }

  /** Two bytes as a character. */
  public char getChar(long offset) {
    return UnsafeApi.getChar(at(offset, Character.BYTES));
  }

  /** Four bytes. */
  public int getInt(long offset) {
    return UnsafeApi.getInt(at(offset, Integer.BYTES));
  }

  /** Eight bytes. */
  public long getLong(long offset) {
    return UnsafeApi.getLong(at(offset, Long.BYTES));
  }

  /** Four bytes as a float. */
  public float getFloat(long offset) {
    return UnsafeApi.getFloat(at(offset, Float.BYTES));
  }

  /** Eight bytes as a double. */
  public double getDouble(long offset) {
    return UnsafeApi.getDouble(at(offset, Double.BYTES));
  }

  /** Writes a byte. */
  public void putByte(long offset, byte value) {
    UnsafeApi.putByte(forWrite(offset, Byte.BYTES), value);
  }

  /** Writes two bytes. */
  public void putShort(long offset, short value) {
    UnsafeApi.putShort(forWrite(offset, Short.BYTES), value);
  }

  /** Writes a character as two bytes. */
  public void putChar(long offset, char value) {
    UnsafeApi.putChar(forWrite(offset, Character.BYTES), value);
  }

  /** Writes four bytes. */
  public void putInt(long offset, int value) {
    UnsafeApi.putInt(forWrite(offset, Integer.BYTES), value);
  }

  /** Writes eight bytes. */
  public void putLong(long offset, long value) {
    UnsafeApi.putLong(forWrite(offset, Long.BYTES), value);
  }

  /** Writes a float as four bytes. */
  public void putFloat(long offset, float value) {
    UnsafeApi.putFloat(forWrite(offset, Float.BYTES), value);
  }

  /** Writes a double as eight bytes. */
  public void putDouble(long offset, double value) {
    UnsafeApi.putDouble(forWrite(offset, Double.BYTES), value);
  }

  /** Copies bytes out. */
  public void getBytes(long offset, byte[] target, int targetOffset, int length) {
    Objects.checkFromIndexSize(targetOffset, length, target.length);
    long from = at(offset, length);
    UnsafeApi.copyMemory(
        null, from, target, BufferUtil.ARRAY_BASE_OFFSET + (long) targetOffset, length);
  }

  /** Copies bytes out to a buffer, which grows if it can. */
  public void getBytes(long offset, MutableDirectBuffer target, int targetOffset, int length) {
    if (target instanceof ProtectedBuffer view) {
      view.copyFrom(this, offset, targetOffset, length);
    } else {
      Buffers.copyFromAddress(at(offset, length), target, targetOffset, length);
    }
  }

  /** Copies bytes in. */
  public void putBytes(long offset, byte[] source, int sourceOffset, int length) {
    Objects.checkFromIndexSize(sourceOffset, length, source.length);
    long to = forWrite(offset, length);
    UnsafeApi.copyMemory(
        source, BufferUtil.ARRAY_BASE_OFFSET + (long) sourceOffset, null, to, length);
  }

  /** Copies bytes in from a buffer. */
  public void putBytes(long offset, DirectBuffer source, int sourceOffset, int length) {
    source.boundsCheck(sourceOffset, length);
    Object base = Buffers.array(source);
    long from = Buffers.address(source, sourceOffset);
    UnsafeApi.copyMemory(base, from, null, forWrite(offset, length), length);
  }

  /** Copies inside this memory; the ranges may overlap. */
  public void copy(long from, long to, long length) {
    long source = at(from, length);
    long target = forWrite(to, length);
    UnsafeApi.copyMemory(source, target, length);
  }

  /** Copies to another protected memory, or inside this one. */
  void copyTo(long from, ProtectedMemory target, long to, long length) {
    long source = at(from, length);
    UnsafeApi.copyMemory(source, target.forWrite(to, length), length);
  }

  /** Sets every byte of a range. */
  public void setMemory(long offset, long length, byte value) {
    UnsafeApi.setMemory(forWrite(offset, length), length, value);
  }

  /** Whether two ranges of this memory hold the same bytes. */
  public boolean equal(long first, long second, long length) {
    return Buffers.mismatch(null, at(first, length), null, at(second, length), length) < 0;
  }

  /** Whether a range holds the same bytes as a buffer. */
  public boolean equal(long offset, DirectBuffer other, int otherOffset, int length) {
    other.boundsCheck(otherOffset, length);
    long otherAt = Buffers.address(other, otherOffset);
    return Buffers.mismatch(null, at(offset, length), Buffers.array(other), otherAt, length) < 0;
  }

  /** Compares two ranges as unsigned bytes, then by length. */
  public int compare(long first, long firstLength, long second, long secondLength) {
    long a = at(first, firstLength);
    long b = at(second, secondLength);
    long common = Math.min(firstLength, secondLength);
    long mismatch = Buffers.mismatch(null, a, null, b, common);
    return mismatch < 0
        ? Long.compare(firstLength, secondLength)
        : Byte.compareUnsigned(UnsafeApi.getByte(a + mismatch), UnsafeApi.getByte(b + mismatch));
  }

  /** Throws unless the range lies inside this memory. */
  public void checkBounds(long offset, long length) {
    if (offset < 0 || length < 0 || offset > capacity - length) {
      throw outOfBounds(offset, length);
    }
  }

  /** Address of a range that is read; must not leave this package. */
  long at(long offset, long length) {
    if (offset < 0 || length < 0 || offset > capacity - length) {
      throw outOfBounds(offset, length);
    }
    return address + offset;
  }

  /** Address of a range that is about to be written; must not leave this package. */
  long forWrite(long offset, long length) {
    long at = at(offset, length);
    if (barrier != null) {
      barrier.beforeWrite(offset, length);
    }
    return at;
  }

  private IndexOutOfBoundsException outOfBounds(long offset, long length) {
    return new IndexOutOfBoundsException(
        "protected memory of " + capacity + " bytes has no " + length + " bytes at " + offset);
  }

  @Override
  public String toString() {
    return "ProtectedMemory{" + capacity + " bytes" + (owned == null ? "}" : ", unprotected}");
  }
}
