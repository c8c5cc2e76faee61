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
 * Sockets of a thread that has descriptors of its own, which the JDK's channels know nothing of.
 * Each call returns its result or a negative error number. Used by one thread.
 */
public final class SocketCalls {
  public static final int AF_INET = 2;
  public static final int AF_INET6 = 10;

  /** {@code errno}: interrupted, to be called again. */
  public static final int EINTR = 4;

  /** {@code errno}: nothing there yet. */
  public static final int EAGAIN = 11;

  public static final int CLOSE_RANGE_UNSHARE = 2;

  /** The flags of sockets and descriptors made here. */
  static final int NONBLOCK_CLOEXEC = 0x800 | 0x80000;

  private static final int SOCK_STREAM = 1;
  private static final int SOL_SOCKET = 1;
  private static final int SO_REUSEADDR = 2;

  /** A closed or reset peer is a result, not a signal. */
  private static final int MSG_NOSIGNAL = 0x4000;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle EVENTFD = ints("eventfd", 2);
  private static final MethodHandle CLOSE_RANGE = ints("close_range", 3);
  private static final MethodHandle SOCKET = ints("socket", 3);
  private static final MethodHandle LISTEN = ints("listen", 2);
  private static final MethodHandle CLOSE = ints("close", 1);
  private static final MethodHandle SETSOCKOPT =
      call(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
  private static final MethodHandle BIND =
      call("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
  private static final MethodHandle GETSOCKNAME =
      call("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle ACCEPT =
      call("accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
  private static final MethodHandle POLL =
      call("poll", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
  private static final MethodHandle WRITE =
      call("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle RECV =
      call("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
  private static final MethodHandle SEND =
      call("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

  private final MemorySegment state;
  private final MemorySegment scratch;

  public SocketCalls(Arena arena) {
    state = arena.allocate(CALL_STATE);
    scratch = arena.allocate(JAVA_LONG);
  }

  /** A descriptor that becomes readable when eight bytes of a number are written to it. */
  public int eventFd() {
    try {
      return result((int) EVENTFD.invokeExact(state, 0, NONBLOCK_CLOEXEC));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Closes all descriptors of the calling thread from the first to the last one, inclusive. */
  public int closeRange(int first, int last, int flags) {
    try {
      return result((int) CLOSE_RANGE.invokeExact(state, first, last, flags));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** A non-blocking TCP socket whose address may be in use by connections of the past. */
  public int tcpSocket(int family) {
    try {
      int fd = result((int) SOCKET.invokeExact(state, family, SOCK_STREAM | NONBLOCK_CLOEXEC, 0));
      if (fd >= 0) {
        scratch.set(JAVA_INT, 0, 1);
        int _ =
            (int)
                SETSOCKOPT.invokeExact(
                    state, fd, SOL_SOCKET, SO_REUSEADDR, scratch.address(), Integer.BYTES);
      }
      return fd;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  public int bind(int fd, MemorySegment address) {
    try {
      return result((int) BIND.invokeExact(state, fd, address.address(), (int) address.byteSize()));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  public int listen(int fd, int backlog) {
    try {
      return result((int) LISTEN.invokeExact(state, fd, backlog));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Writes the address that the socket is bound to. */
  public int ownAddress(int fd, MemorySegment address) {
    try {
      scratch.set(JAVA_INT, 0, (int) address.byteSize());
      return result((int) GETSOCKNAME.invokeExact(state, fd, address.address(), scratch.address()));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  public int accept(int fd) {
    try {
      return result((int) ACCEPT.invokeExact(state, fd, 0L, 0L, NONBLOCK_CLOEXEC));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * Waits for one of the first {@code count} {@code struct pollfd} to become ready.
   *
   * @return how many are
   */
  public int poll(MemorySegment pollFds, int count, int timeoutMs) {
    try {
      return result((int) POLL.invokeExact(state, pollFds.address(), (long) count, timeoutMs));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Bytes received; 0 at the end of what the peer sends. */
  public int receive(int fd, MemorySegment bytes) {
    try {
      return result((int) (long) RECV.invokeExact(state, fd, bytes.address(), bytes.byteSize(), 0));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  public int send(int fd, MemorySegment bytes) {
    try {
      return result(
          (int)
              (long) SEND.invokeExact(state, fd, bytes.address(), bytes.byteSize(), MSG_NOSIGNAL));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Writes the eight bytes of a number. */
  public int write(int fd, long number) {
    try {
      scratch.set(JAVA_LONG, 0, number);
      return result(
          (int) (long) WRITE.invokeExact(state, fd, scratch.address(), (long) Long.BYTES));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  public int close(int fd) {
    try {
      return result((int) CLOSE.invokeExact(state, fd));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private int result(int value) {
    return value < 0 ? -(int) ERRNO.get(state, 0L) : value;
  }

  private static IllegalStateException unexpected(Throwable cause) {
    return new IllegalStateException("a call of the C library failed", cause);
  }

  private static MethodHandle ints(String name, int parameters) {
    FunctionDescriptor descriptor = FunctionDescriptor.of(JAVA_INT);
    for (int i = 0; i < parameters; i++) {
      descriptor = descriptor.appendArgumentLayouts(JAVA_INT);
    }
    return call(name, descriptor);
  }

  @SuppressWarnings("restricted") // native access is this class's purpose
  private static MethodHandle call(String name, FunctionDescriptor descriptor) {
    MemorySegment symbol =
        LINKER
            .defaultLookup()
            .find(name)
            .orElseThrow(() -> new UnsupportedOperationException("the C library has no " + name));
    return LINKER.downcallHandle(symbol, descriptor, Linker.Option.captureCallState("errno"));
  }
}
