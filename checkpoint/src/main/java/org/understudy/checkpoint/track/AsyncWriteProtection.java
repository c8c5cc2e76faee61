package org.understudy.checkpoint.track;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.understudy.host.LinuxCalls;

/**
 * A range of this process registered for asynchronous write protection: a write to a protected page
 * just clears its protection, in the kernel, and no handler thread is involved.
 *
 * <p>Works unprivileged by {@code UFFD_USER_MODE_ONLY}. It must stay open while the range is
 * scanned: the scan checks it.
 */
final class AsyncWriteProtection implements AutoCloseable {
  private static final int O_NONBLOCK = 0x800;
  private static final int UFFD_USER_MODE_ONLY = 1;
  private static final long UFFDIO_API = 0xC018AA3FL;
  private static final long UFFDIO_REGISTER = 0xC020AA00L;
  private static final long API_VERSION = 0xAA;

  /** PAGEFAULT_FLAG_WP, WP_HUGETLBFS_SHMEM, WP_UNPOPULATED and WP_ASYNC. */
  private static final long FEATURES = 1 | 1 << 12 | 1 << 13 | 1 << 15;

  private static final long MODE_WRITE_PROTECT = 2;

  private final int fd;

  /** Registers a range; anonymous, memfd or shared-memory pages of 4 KiB. */
  AsyncWriteProtection(long address, long lengthBytes) {
    int flags = LinuxCalls.O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY;
    fd = (int) LinuxCalls.check(LinuxCalls.userfaultfd(flags), "userfaultfd");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment api = arena.allocateFrom(JAVA_LONG, API_VERSION, FEATURES, 0);
      LinuxCalls.check(
          LinuxCalls.ioctl(fd, UFFDIO_API, api), "asynchronous write protection (Linux 6.7)");
      MemorySegment range =
          arena.allocateFrom(JAVA_LONG, address, lengthBytes, MODE_WRITE_PROTECT, 0);
      LinuxCalls.check(
          LinuxCalls.ioctl(fd, UFFDIO_REGISTER, range),
          "registering " + lengthBytes + " bytes for write protection");
    } catch (RuntimeException e) {
      LinuxCalls.close(fd);
      throw e;
    }
  }

  @Override
  public void close() {
    LinuxCalls.close(fd);
  }
}
