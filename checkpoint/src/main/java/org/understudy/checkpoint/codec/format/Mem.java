package org.understudy.checkpoint.codec.format;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.UnsafeApi;

/** Raw memory: the only place of the codec that turns addresses into bytes. */
public final class Mem {
  public static final int PAGE = 4096;

  /** All of the address space, for vector loads and stores. */
  public static final MemorySegment ALL = everything();

  /** 4096 bytes of zeros: the old content of pages that were never shipped. */
  public static final long ZERO_PAGE;

  private static final MethodHandle CALLOC;
  private static final MethodHandle FREE;

  static {
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new ExceptionInInitializerError("the codec needs a little-endian machine");
    }
    CALLOC =
        downcall(
            "calloc",
            FunctionDescriptor.of(
                ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    FREE = downcall("free", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
    ZERO_PAGE = allocateZeroed(PAGE);
  }

  private Mem() {}

  @SuppressWarnings("restricted")
  private static MemorySegment everything() {
    return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  }

  @SuppressWarnings("restricted")
  private static MethodHandle downcall(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), descriptor);
  }

  /** Zeroed memory whose pages cost nothing until they are touched. */
  public static long allocateZeroed(long bytes) {
    try {
      long address = ((MemorySegment) CALLOC.invokeExact(1L, bytes)).address();
      if (address == 0) {
        throw new OutOfMemoryError("no " + bytes + " bytes of native memory for the codec");
      }
      return address;
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  public static void free(long address) {
    try {
      FREE.invokeExact(MemorySegment.ofAddress(address));
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  private static RuntimeException failed(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return new IllegalStateException(e);
  }

  /** A view for the compressors, which take buffers only. */
  @SuppressWarnings("restricted")
  public static ByteBuffer view(long address, int bytes) {
    return MemorySegment.ofAddress(address)
        .reinterpret(bytes)
        .asByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  public static long getLong(long address) {
    return UnsafeApi.getLong(address);
  }

  public static void putLong(long address, long value) {
    UnsafeApi.putLong(address, value);
  }

  public static int getInt(long address) {
    return UnsafeApi.getInt(address);
  }

  public static void putInt(long address, int value) {
    UnsafeApi.putInt(address, value);
  }

  public static int getUnsignedShort(long address) {
    return UnsafeApi.getShort(address) & 0xFFFF;
  }

  public static void putShort(long address, int value) {
    UnsafeApi.putShort(address, (short) value);
  }

  public static int getUnsignedByte(long address) {
    return UnsafeApi.getByte(address) & 0xFF;
  }

  public static void putByte(long address, int value) {
    UnsafeApi.putByte(address, (byte) value);
  }

  public static void copy(long from, long to, long bytes) {
    UnsafeApi.copyMemory(from, to, bytes);
  }

  /** Copies 64 bytes without a call. */
  public static void copyBlock(long from, long to) {
    putLong(to, getLong(from));
    putLong(to + 8, getLong(from + 8));
    putLong(to + 16, getLong(from + 16));
    putLong(to + 24, getLong(from + 24));
    putLong(to + 32, getLong(from + 32));
    putLong(to + 40, getLong(from + 40));
    putLong(to + 48, getLong(from + 48));
    putLong(to + 56, getLong(from + 56));
  }

  public static void fillPage(long to, long value) {
    for (int at = 0; at < PAGE; at += Long.BYTES) {
      putLong(to + at, value);
    }
  }

  /** Writes an unsigned LEB128 number of at most five bytes; returns the address behind it. */
  public static long putVarint(long to, int value) {
    long at = to;
    int rest = value;
    while ((rest & ~0x7F) != 0) {
      putByte(at++, rest | 0x80);
      rest >>>= 7;
    }
    putByte(at++, rest);
    return at;
  }

  public static int zigzag(int value) {
    return value << 1 ^ value >> 31;
  }
}
