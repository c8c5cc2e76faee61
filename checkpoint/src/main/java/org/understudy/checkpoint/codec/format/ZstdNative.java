package org.understudy.checkpoint.codec.format;

import com.github.luben.zstd.util.Native;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The library that zstd-jni brings, called with plain addresses: its own Java interface makes
 * buffer objects at each call, and epochs must not allocate. Frames have no magic number, checksum
 * or content size.
 */
public final class ZstdNative {
  /** Longest distance of a match in a continued frame; what its decoder holds at most. */
  static final int WINDOW_LOG = 19;

  private static final int C_LEVEL = 100;
  private static final int C_WINDOW_LOG = 101;
  private static final int C_HASH_LOG = 102;
  private static final int C_MIN_MATCH = 105;
  private static final int C_STEP = 106;
  private static final int D_WINDOW_LOG_MAX = 100;

  /** Experimental parameter: 1 compresses literals also where matches are searched in leaps. */
  private static final int C_LITERALS = 1002;

  /** Experimental parameter: 1 promises that the input stays where it is, so it is not copied. */
  private static final int C_STABLE_INPUT = 1006;

  private static final int C_CONTENT_SIZE = 200;

  /** Frame format, an experimental parameter of both directions; 1 means without magic number. */
  private static final int C_FORMAT = 10;

  private static final int D_FORMAT = 1000;
  private static final int MAGICLESS = 1;
  private static final int LONG_MATCH = 7;
  private static final int RESET_SESSION = 1;
  private static final int FLUSH = 1;

  /** Leap between two tries to find a match: next to none is found. */
  private static final int LEAP = 4096;

  private static final int SMALL_HASH_LOG = 6;

  private static final ValueLayout.OfLong SIZE = ValueLayout.JAVA_LONG;
  private static final ValueLayout.OfLong POINTER = ValueLayout.JAVA_LONG;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final MethodHandle CREATE_CCTX;
  private static final MethodHandle FREE_CCTX;
  private static final MethodHandle SET_C;
  private static final MethodHandle COMPRESS;
  private static final MethodHandle CREATE_DCTX;
  private static final MethodHandle FREE_DCTX;
  private static final MethodHandle SET_D;
  private static final MethodHandle DECOMPRESS;
  private static final MethodHandle COMPRESS_STREAM;
  private static final MethodHandle DECOMPRESS_STREAM;
  private static final MethodHandle RESET_CCTX;
  private static final MethodHandle RESET_DCTX;
  private static final MethodHandle ERROR_NAME;

  static {
    Native.load();
    CREATE_CCTX = call("ZSTD_createCCtx", FunctionDescriptor.of(POINTER));
    FREE_CCTX = call("ZSTD_freeCCtx", FunctionDescriptor.of(SIZE, POINTER));
    SET_C = call("ZSTD_CCtx_setParameter", FunctionDescriptor.of(SIZE, POINTER, INT, INT));
    FunctionDescriptor transform =
        FunctionDescriptor.of(SIZE, POINTER, POINTER, SIZE, POINTER, SIZE);
    COMPRESS = call("ZSTD_compress2", transform);
    CREATE_DCTX = call("ZSTD_createDCtx", FunctionDescriptor.of(POINTER));
    FREE_DCTX = call("ZSTD_freeDCtx", FunctionDescriptor.of(SIZE, POINTER));
    SET_D = call("ZSTD_DCtx_setParameter", FunctionDescriptor.of(SIZE, POINTER, INT, INT));
    DECOMPRESS = call("ZSTD_decompressDCtx", transform);
    COMPRESS_STREAM =
        call(
            "ZSTD_compressStream2_simpleArgs",
            FunctionDescriptor.of(
                SIZE, POINTER, POINTER, SIZE, POINTER, POINTER, SIZE, POINTER, INT));
    DECOMPRESS_STREAM =
        call(
            "ZSTD_decompressStream_simpleArgs",
            FunctionDescriptor.of(SIZE, POINTER, POINTER, SIZE, POINTER, POINTER, SIZE, POINTER));
    RESET_CCTX = call("ZSTD_CCtx_reset", FunctionDescriptor.of(SIZE, POINTER, INT));
    RESET_DCTX = call("ZSTD_DCtx_reset", FunctionDescriptor.of(SIZE, POINTER, INT));
    ERROR_NAME = call("ZSTD_getErrorName", FunctionDescriptor.of(ValueLayout.ADDRESS, SIZE));
  }

  private ZstdNative() {}

  @SuppressWarnings("restricted")
  private static MethodHandle call(String name, FunctionDescriptor descriptor) {
    return Linker.nativeLinker()
        .downcallHandle(SymbolLookup.loaderLookup().find(name).orElseThrow(), descriptor);
  }

  /** A compressing context of level 1; {@code minMatch} 0 leaves the library's choice. */
  public static long newCompressor(int minMatch, int hashLog) {
    try {
      long context = (long) CREATE_CCTX.invokeExact();
      set(SET_C, context, C_LEVEL, 1);
      set(SET_C, context, C_CONTENT_SIZE, 0);
      set(SET_C, context, C_FORMAT, MAGICLESS);
      if (minMatch > 0) {
        set(SET_C, context, C_MIN_MATCH, minMatch);
        set(SET_C, context, C_HASH_LOG, hashLog);
      }
      return context;
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /**
   * A compressing context of level 1 for frames that are continued and reach back by the window.
   */
  public static long newFrameCompressor(int minMatch, int hashLog) {
    try {
      long context = newCompressor(minMatch, hashLog);
      set(SET_C, context, C_WINDOW_LOG, WINDOW_LOG);
      set(SET_C, context, C_STABLE_INPUT, 1);
      return context;
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /** A compressing context that counts bytes and hardly looks for matches: half the time. */
  public static long newEntropyCompressor() {
    try {
      long context = newCompressor(LONG_MATCH, SMALL_HASH_LOG);
      set(SET_C, context, C_STEP, LEAP);
      set(SET_C, context, C_LITERALS, 1);
      return context;
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  public static long newDecompressor() {
    try {
      long context = (long) CREATE_DCTX.invokeExact();
      set(SET_D, context, D_FORMAT, MAGICLESS);
      return context;
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /** A decompressing context for frames that are continued; holds no more than their window. */
  public static long newFrameDecompressor() {
    try {
      long context = newDecompressor();
      set(SET_D, context, D_WINDOW_LOG_MAX, WINDOW_LOG);
      return context;
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  private static void set(MethodHandle setter, long context, int parameter, int value)
      throws Throwable {
    long result = (long) setter.invokeExact(context, parameter, value);
    if (isError(result)) {
      throw new IllegalStateException(
          "zstd parameter " + parameter + " = " + value + ": " + errorName(result));
    }
  }

  public static void freeCompressor(long context) {
    try {
      long ignored = (long) FREE_CCTX.invokeExact(context);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  public static void freeDecompressor(long context) {
    try {
      long ignored = (long) FREE_DCTX.invokeExact(context);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /** Returns the bytes of the frame, or a negative number if it has no room. */
  public static int compress(long context, long to, int room, long from, int length) {
    try {
      return result((long) COMPRESS.invokeExact(context, to, (long) room, from, (long) length));
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /** Returns the decompressed bytes, or a negative number that {@link #errorName} explains. */
  public static int decompress(long context, long to, int room, long from, int length) {
    try {
      return result((long) DECOMPRESS.invokeExact(context, to, (long) room, from, (long) length));
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /** The next frame starts afresh. */
  public static void resetCompressor(long context) {
    try {
      long ignored = (long) RESET_CCTX.invokeExact(context, RESET_SESSION);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /** The next bytes are those of a new frame. */
  public static void resetDecompressor(long context) {
    try {
      long ignored = (long) RESET_DCTX.invokeExact(context, RESET_SESSION);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /**
   * Goes on with a frame, from the read position to the last byte of the input.
   *
   * @param positions address of two longs: bytes written and bytes read
   * @return 0, more than 0 if there was no room, less for an error
   */
  public static int compressOn(
      long context, long to, int room, long from, int length, long positions) {
    try {
      return result(
          (long)
              COMPRESS_STREAM.invokeExact(
                  context,
                  to,
                  (long) room,
                  positions,
                  from,
                  (long) length,
                  positions + Long.BYTES,
                  FLUSH));
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /**
   * Goes on from the positions, as far as room and input allow.
   *
   * @return 0 at the end of the frame, less than 0 for an error, else more
   */
  public static int decompressOn(
      long context, long to, int room, long from, int length, long positions) {
    try {
      return result(
          (long)
              DECOMPRESS_STREAM.invokeExact(
                  context,
                  to,
                  (long) room,
                  positions,
                  from,
                  (long) length,
                  positions + Long.BYTES));
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /** Errors are small negative numbers in the library as well. */
  private static int result(long value) {
    return (int) value;
  }

  private static boolean isError(long result) {
    return result < 0;
  }

  @SuppressWarnings("restricted")
  public static String errorName(long error) {
    try {
      return ((MemorySegment) ERROR_NAME.invokeExact(error)).reinterpret(256).getString(0);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  private static RuntimeException failed(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException known ? known : new IllegalStateException(e);
  }
}
