package org.understudy.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
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
 * The few Linux calls that guest memory and dirty tracking need, through the foreign function API.
 *
 * <p>Like the kernel itself, each call returns its result or a negative error number; {@link
 * #check} turns the latter into an exception. Calls after the first do not allocate.
 */
public final class LinuxCalls {
  /** {@code errno}: not permitted. */
  public static final int EPERM = 1;

  /** {@code errno}: no such file. */
  public static final int ENOENT = 2;

  /** {@code errno}: would block. */
  public static final int EAGAIN = 11;

  /** {@code errno}: exists already. */
  public static final int EEXIST = 17;

  /** Close on exec, of {@code open} and {@code userfaultfd}. */
  public static final int O_CLOEXEC = 0x80000;

  /** Write only, of {@code open}. */
  public static final int O_WRONLY = 1;

  /** Read and write, of {@code open}. */
  public static final int O_RDWR = 2;

  /** {@code errno}: no such device or address; of {@link #lseek}: no data up to the end. */
  public static final int ENXIO = 6;

  /** {@code errno}: the file system cannot do that. */
  public static final int EOPNOTSUPP = 95;

  public static final int O_CREAT = 0x40;
  public static final int O_EXCL = 0x80;

  /** Not through a symbolic link, of {@code open}. */
  public static final int O_NOFOLLOW = 0x20000;

  static final int PROT_READ_WRITE = 3;
  public static final int MAP_SHARED = 1;
  public static final int MAP_PRIVATE = 2;
  public static final int MAP_ANONYMOUS = 0x20;
  public static final int MAP_NORESERVE = 0x4000;
  public static final int MADV_DONTNEED = 4;
  public static final int MADV_HUGEPAGE = 14;
  public static final int MADV_POPULATE_WRITE = 23;
  static final int MFD_CLOEXEC = 1;
  static final int LOCK_EX_NB = 2 | 4;
  static final int LOCK_SH_NB = 1 | 4;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ThreadLocal<MemorySegment> STATE =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CALL_STATE));

  private static final MethodHandle MMAP =
      call(
          "mmap",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle MUNMAP =
      call("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle MADVISE =
      call("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
  private static final MethodHandle MEMFD_CREATE =
      call("memfd_create", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle OPEN =
      call(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle CLOSE =
      call("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle FTRUNCATE =
      call("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle FALLOCATE =
      call("fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle LSEEK =
      call("lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
  private static final MethodHandle FLOCK =
      call("flock", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle IOCTL =
      call(
          "ioctl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle SYSCALL =
      call(
          "syscall",
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
          Linker.Option.firstVariadicArg(1));
  private static final MethodHandle STRERROR =
      downcall("strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));

  private LinuxCalls() {}

  /** Returns the result, or throws for a negative error number. */
  public static long check(long result, String what) {
    if (result < 0) {
      throw new LinuxCallException(what, (int) -result);
    }
    return result;
  }

  /** Maps memory at an address of the kernel's choice. */
  public static long mmap(long lengthBytes, int flags, int fd) {
    MemorySegment state = STATE.get();
    try {
      long address =
          (long) MMAP.invokeExact(state, 0L, lengthBytes, PROT_READ_WRITE, flags, fd, 0L);
      return address == -1 ? -errno(state) : address;
    } catch (Throwable e) {
      throw unexpected("mmap", e);
    }
  }

  public static int munmap(long address, long lengthBytes) {
    MemorySegment state = STATE.get();
    try {
      return result(state, (int) MUNMAP.invokeExact(state, address, lengthBytes));
    } catch (Throwable e) {
      throw unexpected("munmap", e);
    }
  }

  public static int madvise(long address, long lengthBytes, int advice) {
    MemorySegment state = STATE.get();
    try {
      return result(state, (int) MADVISE.invokeExact(state, address, lengthBytes, advice));
    } catch (Throwable e) {
      throw unexpected("madvise", e);
    }
  }

  public static int memfdCreate(String name) {
    MemorySegment state = STATE.get();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      return result(state, (int) MEMFD_CREATE.invokeExact(state, text, MFD_CLOEXEC));
    } catch (Throwable e) {
      throw unexpected("memfd_create", e);
    }
  }

  /** Opens a file; {@code mode} counts only where it is created. */
  public static int open(String path, int flags, int mode) {
    MemorySegment state = STATE.get();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(path);
      return result(state, (int) OPEN.invokeExact(state, text, flags | O_CLOEXEC, mode));
    } catch (Throwable e) {
      throw unexpected("open", e);
    }
  }

  /** Closes a file descriptor. */
  public static int close(int fd) {
    MemorySegment state = STATE.get();
    try {
      return result(state, (int) CLOSE.invokeExact(state, fd));
    } catch (Throwable e) {
      throw unexpected("close", e);
    }
  }

  public static int ftruncate(int fd, long lengthBytes) {
    MemorySegment state = STATE.get();
    try {
      return result(state, (int) FTRUNCATE.invokeExact(state, fd, lengthBytes));
    } catch (Throwable e) {
      throw unexpected("ftruncate", e);
    }
  }

  /** Allocates, zeroes or frees a range of a file. */
  public static int fallocate(int fd, int mode, long offset, long lengthBytes) {
    MemorySegment state = STATE.get();
    try {
      return result(state, (int) FALLOCATE.invokeExact(state, fd, mode, offset, lengthBytes));
    } catch (Throwable e) {
      throw unexpected("fallocate", e);
    }
  }

  /** Moves the offset of an open file, or finds its next data or hole. */
  public static long lseek(int fd, long offset, int whence) {
    MemorySegment state = STATE.get();
    try {
      long position = (long) LSEEK.invokeExact(state, fd, offset, whence);
      return position < 0 ? -errno(state) : position;
    } catch (Throwable e) {
      throw unexpected("lseek", e);
    }
  }

  /** Takes the exclusive lock of an open file without waiting. */
  public static int tryLock(int fd) {
    return flock(fd, LOCK_EX_NB);
  }

  /** Takes the shared lock of an open file without waiting, in place of one that it has. */
  public static int tryShare(int fd) {
    return flock(fd, LOCK_SH_NB);
  }

  private static int flock(int fd, int operation) {
    MemorySegment state = STATE.get();
    try {
      return result(state, (int) FLOCK.invokeExact(state, fd, operation));
    } catch (Throwable e) {
      throw unexpected("flock", e);
    }
  }

  /** Controls a device or special file. */
  public static int ioctl(int fd, long request, MemorySegment argument) {
    MemorySegment state = STATE.get();
    try {
      return result(state, (int) IOCTL.invokeExact(state, fd, request, argument));
    } catch (Throwable e) {
      throw unexpected("ioctl", e);
    }
  }

  /** Reads from a place in a file; how many bytes it got, 0 at its end. */
  public static long pread(int fd, MemorySegment into, long at, long lengthBytes, long offset) {
    return systemCall(17, 67, fd, into.address() + at, lengthBytes, offset);
  }

  /** Writes to an open file; how many bytes it took. */
  public static long write(int fd, MemorySegment from) {
    return systemCall(1, 64, fd, from.address(), from.byteSize(), 0);
  }

  /** Opens a user fault descriptor; {@code -ENOSYS} where the architecture is not known here. */
  public static int userfaultfd(int flags) {
    return (int) systemCall(323, 282, flags, 0, 0, 0);
  }

  /**
   * A call that the C library has no function for; {@code -ENOSYS} where the architecture is not
   * known here.
   *
   * @param onX86 its number on x86-64
   * @param onArm its number on 64-bit ARM
   */
  public static long systemCall(
      int onX86, int onArm, long first, long second, long third, long fourth) {
    long number =
        switch (System.getProperty("os.arch")) {
          case "amd64" -> onX86;
          case "aarch64" -> onArm;
          default -> -1;
        };
    MemorySegment state = STATE.get();
    try {
      long value = (long) SYSCALL.invokeExact(state, number, first, second, third, fourth);
      return value < 0 ? -errno(state) : value;
    } catch (Throwable e) {
      throw unexpected("syscall", e);
    }
  }

  /** The system's text for an error number. */
  @SuppressWarnings("restricted") // the C library's string is as long as its terminator says
  public static String describe(int errno) {
    try {
      MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
      return text.reinterpret(256).getString(0);
    } catch (Throwable e) {
      throw unexpected("strerror", e);
    }
  }

  private static int result(MemorySegment state, int value) {
    return value < 0 ? -errno(state) : value;
  }

  private static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  private static IllegalStateException unexpected(String name, Throwable cause) {
    return new IllegalStateException("calling " + name + " failed", cause);
  }

  private static MethodHandle call(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker.Option[] all = new Linker.Option[options.length + 1];
    all[0] = Linker.Option.captureCallState("errno");
    System.arraycopy(options, 0, all, 1, options.length);
    return downcall(name, descriptor, all);
  }

  @SuppressWarnings("restricted") // native access is this class's purpose
  private static MethodHandle downcall(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    MemorySegment symbol =
        LINKER
            .defaultLookup()
            .find(name)
            .orElseThrow(() -> new IllegalStateException("the C library has no " + name));
    return LINKER.downcallHandle(symbol, descriptor, options);
  }
}
