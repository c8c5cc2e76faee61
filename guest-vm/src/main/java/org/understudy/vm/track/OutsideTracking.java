package org.understudy.vm.track;

import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.understudy.checkpoint.track.MappingScan;
import org.understudy.checkpoint.track.PageScan;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.host.FileExtents;
import org.understudy.host.LinuxCallException;

/**
 * Which pages of its guest's RAM a running QEMU has written, whichever of its threads did. Writes
 * of other processes to the same file are not seen.
 */
public final class OutsideTracking implements PageScan {
  private static final long RELEASE_RETRY_NS = 20_000_000;

  private final long pid;
  private final int fd;
  private final long timeoutNs;
  private final MappingScan scan;

  private OutsideTracking(long pid, int fd, MappingScan scan, long timeoutNs) {
    this.pid = pid;
    this.fd = fd;
    this.scan = scan;
    this.timeoutNs = timeoutNs;
  }

  /**
   * Begins to track; the first scan reports every page that exists. The guest runs meanwhile, but
   * for some milliseconds of QEMU's main thread.
   *
   * @param pid of QEMU, which may be a child of this process
   * @param memoryFile the guest's RAM, mapped once and whole by QEMU
   * @param extents of the same file, open for as long as it is tracked
   * @throws TrackingException where it is not possible, with the step that failed
   */
  public static OutsideTracking start(
      long pid, Path memoryFile, long bytes, FileExtents extents, long timeoutNs) {
    ProcessMaps.Mapping memory = ProcessMaps.of(pid).wholeFile(memoryFile.toString(), bytes);
    int fd = register(pid, memoryFile, bytes, timeoutNs);
    try {
      MappingScan scan = MappingScan.of(pid, memory.start(), bytes, extents);
      return new OutsideTracking(pid, fd, scan, timeoutNs);
    } catch (LinuxCallException e) {
      release(pid, fd, timeoutNs);
      throw e;
    }
  }

  /**
   * Begins to track and ends it at once.
   *
   * @throws TrackingException where it is not possible, with the step that failed
   */
  public static void tryOut(long pid, Path memoryFile, long bytes, long timeoutNs) {
    release(pid, register(pid, memoryFile, bytes, timeoutNs), timeoutNs);
  }

  private static int register(long pid, Path memoryFile, long bytes, long timeoutNs) {
    String file = memoryFile.toString();
    String id = Long.toString(pid);
    return Integer.parseInt(
        InjectionHelper.run(
            timeoutNs,
            late -> releaseLate(pid, Integer.parseInt(late), timeoutNs),
            "register",
            id,
            file,
            Long.toString(bytes)));
  }

  /** Nobody waits for it any more, and while it is there nobody else can register the memory. */
  private static void releaseLate(long pid, int fd, long timeoutNs) {
    long deadlineNs = System.nanoTime() + timeoutNs;
    while (ProcessState.isRunning(pid) && !letGo(pid, fd, timeoutNs, deadlineNs)) {
      LockSupport.parkNanos(RELEASE_RETRY_NS);
    }
  }

  /**
   * Another injection may hold the process at this moment: one that is under way ends by itself.
   */
  private static boolean letGo(long pid, int fd, long timeoutNs, long deadlineNs) {
    try {
      release(pid, fd, timeoutNs);
      return true;
    } catch (TrackingException e) {
      if (!String.valueOf(e.getMessage()).contains("PTRACE_SEIZE")
          || System.nanoTime() > deadlineNs) {
        throw e;
      }
      return false;
    }
  }

  private static void release(long pid, int fd, long timeoutNs) {
    InjectionHelper.run(timeoutNs, late -> {}, "release", Long.toString(pid), Integer.toString(fd));
  }

  @Override
  public String name() {
    return TrackerKind.PAGEMAP_SCAN.setting();
  }

  @Override
  public void scan(Runs into) {
    scan.scan(into);
  }

  @Override
  public long memoryBytes() {
    return scan.memoryBytes();
  }

  /** Ends the tracking in QEMU too, where that still runs. */
  @Override
  public void close() {
    scan.close();
    releaseLate(pid, fd, timeoutNs);
  }
}
