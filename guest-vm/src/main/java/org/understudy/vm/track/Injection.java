package org.understudy.vm.track;

import org.understudy.host.LinuxCallException;
import org.understudy.vm.track.ProcessMaps.Mapping;

/** Registers memory of another process for asynchronous write protection, in its name. */
final class Injection {
  private static final long SYS_CLOSE = 3;
  private static final long SYS_IOCTL = 16;
  private static final long SYS_USERFAULTFD = 323;
  private static final long CLOSE_ON_EXEC_NON_BLOCKING_USER_MODE = 0x80000 | 0x800 | 1;
  private static final long UFFDIO_API = 0xC018AA3FL;
  private static final long UFFDIO_REGISTER = 0xC020AA00L;
  private static final long API_VERSION = 0xAA;

  /** PAGEFAULT_FLAG_WP, WP_HUGETLBFS_SHMEM, WP_UNPOPULATED and WP_ASYNC. */
  private static final long FEATURES = 1 | 1 << 12 | 1 << 13 | 1 << 15;

  private static final long MODE_WRITE_PROTECT = 2;

  private Injection() {}

  /**
   * Returns the descriptor in that process; it must stay open as long as the memory is tracked.
   *
   * @param deadlineNs after which no further call is begun and what was done is undone
   */
  static int register(long pid, Mapping memory, long deadlineNs) {
    try (RemoteCalls remote = new RemoteCalls(pid, deadlineNs)) {
      long fd = remote.call("userfaultfd", SYS_USERFAULTFD, CLOSE_ON_EXEC_NON_BLOCKING_USER_MODE);
      try {
        long api = remote.put(API_VERSION, FEATURES, 0);
        remote.call("UFFDIO_API (Linux 6.7)", SYS_IOCTL, fd, UFFDIO_API, api);
        long range = remote.put(memory.start(), memory.bytes(), MODE_WRITE_PROTECT, 0);
        remote.call("UFFDIO_REGISTER", SYS_IOCTL, fd, UFFDIO_REGISTER, range);
        return (int) fd;
      } catch (LinuxCallException | TrackingException e) {
        remote.undo("close", SYS_CLOSE, fd);
        throw e;
      }
    }
  }

  /** Ends what {@link #register} began. */
  static void release(long pid, int fd, long deadlineNs) {
    try (RemoteCalls remote = new RemoteCalls(pid, deadlineNs)) {
      remote.call("close", SYS_CLOSE, fd);
    }
  }
}
