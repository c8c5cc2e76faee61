package org.understudy.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Asks the host whether memory is there before it is mapped: a mapping itself never says no. */
public final class MemoryLimits {
  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final Path CGROUP = Path.of("/sys/fs/cgroup");
  private static final long MIB = 1024 * 1024;

  private MemoryLimits() {}

  /** Refuses when the host or the control group has less than this much memory left. */
  public static void requireMemory(String what, long bytes) {
    requireMemory(what, bytes, hostAvailableBytes(), controlGroupAvailableBytes());
  }

  static void requireMemory(String what, long bytes, long host, long controlGroup) {
    boolean isContained = controlGroup < host;
    require(
        what,
        bytes,
        Math.min(host, controlGroup),
        isContained
            ? "in this process's control group (" + CGROUP.resolve("memory.max") + ")"
            : "in memory",
        isContained
            ? "raise the container's limit or use smaller regions"
            : "free memory or use smaller regions");
  }

  /** Refuses when the file system of this directory has less than this much space left. */
  public static void requireSpace(String what, long bytes, Path directory) {
    long usable;
    try {
      usable = Files.getFileStore(directory).getUsableSpace();
    } catch (IOException e) {
      throw new IllegalStateException(what + ": cannot look at " + directory + ": " + e, e);
    }
    require(what, bytes, usable, "in " + directory, "remove files there or enlarge it");
  }

  static void require(String what, long bytes, long available, String where, String remedy) {
    if (bytes > available) {
      throw new IllegalStateException(
          what
              + " needs "
              + mib(bytes)
              + " MiB, but only "
              + available / MIB
              + " MiB are available "
              + where
              + ": "
              + remedy);
    }
  }

  private static long hostAvailableBytes() {
    try {
      for (String line : Files.readAllLines(MEMINFO)) {
        if (line.startsWith("MemAvailable:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        }
      }
    } catch (IOException e) {
      // A host that hides the figure cannot be asked; the mapping itself is then the only check.
      return Long.MAX_VALUE;
    }
    return Long.MAX_VALUE;
  }

  private static long controlGroupAvailableBytes() {
    try {
      String limit = Files.readString(CGROUP.resolve("memory.max")).strip();
      long used = Long.parseLong(Files.readString(CGROUP.resolve("memory.current")).strip());
      return limit.equals("max") ? Long.MAX_VALUE : Long.parseLong(limit) - used;
    } catch (IOException | NumberFormatException e) {
      return Long.MAX_VALUE; // no limit of its own: the root group or version 1
    }
  }

  private static long mib(long bytes) {
    return (bytes + MIB - 1) / MIB;
  }
}
