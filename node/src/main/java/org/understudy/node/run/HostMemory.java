package org.understudy.node.run;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory that a process can still get: the least of what the kernel has left and of what each of
 * its control groups, up to the root, leaves it (both versions of them). A container's limit stands
 * in its group only.
 *
 * @param bytes still to be had
 * @param from what says so, for messages
 */
public record HostMemory(long bytes, String from) {
  private static final long UNKNOWN = Long.MAX_VALUE;

  /** Of this process. */
  public static HostMemory available() {
    return available(Path.of("/proc"), Path.of("/sys/fs/cgroup"));
  }

  static HostMemory available(Path proc, Path groups) {
    long kib = ProcFiles.field(proc.resolve("meminfo"), "MemAvailable:", UNKNOWN);
    HostMemory least =
        new HostMemory(kib == UNKNOWN ? UNKNOWN : kib << 10, "MemAvailable of /proc/meminfo");
    for (String line : ProcFiles.lines(proc.resolve("self/cgroup"))) {
      String[] fields = line.split(":", 3);
      if (fields.length == 3 && fields[0].equals("0") && fields[1].isEmpty()) {
        least = least.orLess(groups, fields[2], Version.TWO);
      } else if (fields.length == 3 && (',' + fields[1] + ',').contains(",memory,")) {
        least = least.orLess(groups.resolve("memory"), fields[2], Version.ONE);
      }
    }
    return least;
  }

  private enum Version {
    ONE("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file "),
    TWO("memory.max", "memory.current", "inactive_file ");

    final String limit;
    final String usage;
    final String reclaimable;

    Version(String limit, String usage, String reclaimable) {
      this.limit = limit;
      this.usage = usage;
      this.reclaimable = reclaimable;
    }
  }

  /** Of one hierarchy: the process's own group and all above it that can be seen from here. */
  private HostMemory orLess(Path root, String path, Version version) {
    HostMemory least = this;
    Path group = root.resolve(path.substring(Math.min(1, path.length()))).normalize();
    if (!group.startsWith(root) || !Files.isDirectory(group)) {
      group = root; // a container without a name space of its own sees its group at the root
    }
    for (; group != null && group.startsWith(root); group = group.getParent()) {
      long limit = ProcFiles.number(group.resolve(version.limit), UNKNOWN);
      if (limit != UNKNOWN) {
        long used =
            ProcFiles.number(group.resolve(version.usage), 0)
                - ProcFiles.field(group.resolve("memory.stat"), version.reclaimable, 0);
        long left = Math.max(0, limit - Math.max(0, used));
        if (left < least.bytes) {
          least = new HostMemory(left, group.resolve(version.limit).toString());
        }
      }
    }
    return least;
  }
}
