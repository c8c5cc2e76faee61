package org.understudy.host.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The Linux calls that only the network needs, beside those of {@code LinuxCalls}: each returns its
 * result or a negative error number, and does not allocate after the first.
 */
public final class NetCalls {
  public static final int EPERM = 1;
  static final int EAGAIN = 11;
  public static final int EACCES = 13;
  public static final int EBUSY = 16;
  public static final int ENODEV = 19;
  static final int ENOENT = 2;

  /** Of {@code open}: reads and writes never wait. */
  public static final int O_NONBLOCK = 0x800;

  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ThreadLocal<MemorySegment> STATE =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CALL_STATE));

  private static final MethodHandle SOCKET =
      call("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle READ =
      call("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle WRITE =
      call("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));

  private NetCalls() {}

  /** A socket to ask about devices of the network namespace that the calling thread is in. */
  public static int deviceSocket() {
    MemorySegment state = STATE.get();
    try {
      int fd = (int) SOCKET.invokeExact(state, AF_INET, SOCK_DGRAM_CLOEXEC, 0);
      return fd < 0 ? -errno(state) : fd;
    } catch (Throwable e) {
      throw unexpected("socket", e);
    }
  }

  public static int read(int fd, long address, int length) {
    MemorySegment state = STATE.get();
    try {
      int count = (int) (long) READ.invokeExact(state, fd, address, (long) length);
      return count < 0 ? -errno(state) : count;
    } catch (Throwable e) {
      throw unexpected("read", e);
    }
  }

  public static int write(int fd, long address, int length) {
    MemorySegment state = STATE.get();
    try {
      int count = (int) (long) WRITE.invokeExact(state, fd, address, (long) length);
      return count < 0 ? -errno(state) : count;
    } catch (Throwable e) {
      throw unexpected("write", e);
    }
  }

  private static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  private static IllegalStateException unexpected(String name, Throwable cause) {
    return new IllegalStateException("calling " + name + " failed", cause);
  }

  @SuppressWarnings("restricted") // native access is this class's purpose
  private static MethodHandle call(String name, FunctionDescriptor descriptor) {
    MemorySegment symbol =
        LINKER
            .defaultLookup()
            .find(name)
            .orElseThrow(() -> new IllegalStateException("the C library has no " + name));
    return LINKER.downcallHandle(symbol, descriptor, Linker.Option.captureCallState("errno"));
  }
}
