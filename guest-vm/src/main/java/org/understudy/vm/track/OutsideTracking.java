package org.understudy.vm.track;

import java.nio.file.Path;
import org.understudy.checkpoint.track.PageScan;
import org.understudy.checkpoint.track.PagemapScanner;
import org.understudy.checkpoint.track.TrackerKind;

/**
 * Which pages of its guest's RAM a running QEMU has written, whichever of its threads did. Writes
 * of other processes to the same file are not seen.
 */
public final class OutsideTracking implements PageScan {
  private static final int PAGE_SHIFT = 12;

  private final long pid;
  private final long start;
  private final int fd;
  private final long timeoutNs;
  private final PagemapScanner scanner;
  private final PagemapScanner.Ranges toPages = this::onRange;
  private Runs runs;

  private OutsideTracking(long pid, long start, long bytes, int fd, long timeoutNs) {
    this.pid = pid;
    this.start = start;
    this.fd = fd;
    this.timeoutNs = timeoutNs;
    scanner = new PagemapScanner(pid, start, bytes);
  }

  /**
   * Begins to track; the first scan reports every page that exists. The guest runs meanwhile, but
   * for some milliseconds of QEMU's main thread.
   *
   * @param pid of QEMU, which may be a child of this process
   * @param memoryFile the guest's RAM, mapped once and whole by QEMU
   * @throws TrackingException where it is not possible, with the step that failed
   */
  public static OutsideTracking start(long pid, Path memoryFile, long bytes, long timeoutNs) {
    String file = memoryFile.toString();
    ProcessMaps.Mapping memory = ProcessMaps.of(pid).wholeFile(file, bytes);
    String fd =
        InjectionHelper.run(timeoutNs, "register", Long.toString(pid), file, Long.toString(bytes));
    return new OutsideTracking(pid, memory.start(), bytes, Integer.parseInt(fd), timeoutNs);
  }

  @Override
  public String name() {
    return TrackerKind.PAGEMAP_SCAN.setting();
  }

  @Override
  public void scan(Runs into) {
    runs = into;
    scanner.scan(toPages);
  }

  private void onRange(long from, long to) {
    runs.onRun((int) (from - start >>> PAGE_SHIFT), (int) (to - start >>> PAGE_SHIFT));
  }

  @Override
  public long memoryBytes() {
    return scanner.memoryBytes();
  }

  /** Ends the tracking in QEMU too, where that still runs. */
  @Override
  public void close() {
    scanner.close();
    if (ProcessState.isRunning(pid)) {
      InjectionHelper.run(timeoutNs, "release", Long.toString(pid), Integer.toString(fd));
    }
  }
}
