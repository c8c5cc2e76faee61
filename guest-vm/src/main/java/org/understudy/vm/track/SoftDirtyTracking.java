package org.understudy.vm.track;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.understudy.checkpoint.track.PageScan;
import org.understudy.checkpoint.track.SoftDirtyScan;

/**
 * Dirty pages of a running QEMU by soft-dirty marks: in place of {@link OutsideTracking} for
 * kernels without asynchronous write protection, and for a QEMU in whose name no call can be made.
 *
 * <p>Memory that the kernel may put together to huge pages is refused: it does so by forgetting the
 * small ones, marks and all.
 */
public final class SoftDirtyTracking {
  private static final String HUGE_PAGES = "THPeligible:";

  private SoftDirtyTracking() {}

  /**
   * Begins to track.
   *
   * @param pid of QEMU
   * @param memoryFile the guest's RAM, mapped once and whole by QEMU
   * @throws TrackingException where it would not be exact, with the reason
   * @throws org.understudy.host.LinuxCallException where it is not allowed
   */
  public static PageScan start(long pid, Path memoryFile, long bytes) {
    ProcessMaps.Mapping memory = ProcessMaps.of(pid).wholeFile(memoryFile.toString(), bytes);
    requireSmallPages(memory, smaps(pid));
    return SoftDirtyScan.of(pid, memory.start(), bytes);
  }

  private static List<String> smaps(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(pid), "smaps"));
    } catch (IOException e) {
      throw new TrackingException("cannot read the mappings of process " + pid + ": " + e, e);
    }
  }

  static void requireSmallPages(ProcessMaps.Mapping memory, List<String> smaps) {
    String first = Long.toHexString(memory.start()) + "-" + Long.toHexString(memory.end()) + " ";
    boolean isInside = false;
    for (String line : smaps) {
      if (isInside && line.startsWith(HUGE_PAGES)) {
        if (!line.substring(HUGE_PAGES.length()).strip().equals("0")) {
          throw new TrackingException(
              "the kernel may make huge pages of "
                  + memory.name()
                  + ", which forgets soft-dirty marks: see"
                  + " /sys/kernel/mm/transparent_hugepage/shmem_enabled");
        }
        return;
      }
      isInside = line.startsWith(first) || isInside && !isHead(line);
    }
    throw new TrackingException(
        "the kernel does not say whether it makes huge pages of " + memory.name());
  }

  /** {@code 7f0000000000-7f0002000000 rw-s ...} begins a mapping; its lines begin with a word. */
  private static boolean isHead(String line) {
    int space = line.indexOf(' ');
    return space > 0 && line.charAt(space - 1) != ':';
  }
}
