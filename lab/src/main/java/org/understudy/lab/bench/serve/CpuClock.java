package org.understudy.lab.bench.serve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** CPU time of processes in seconds, as the kernel counts it in {@code /proc/PID/stat}. */
public final class CpuClock {
  /** The kernel's unit for these fields, the same on every Linux that Java runs on. */
  private static final double TICKS_PER_SECOND = 100;

  private static final int USER = 14;
  private static final int CHILDREN_USER = 16;

  private CpuClock() {}

  /** User and system time of a process that runs. */
  public static double seconds(long pid) {
    return sum(Long.toString(pid), USER);
  }

  /** The same of all processes that this one started and that have ended. */
  public static double endedChildrenSeconds() {
    return sum("self", CHILDREN_USER);
  }

  /** Adds a field of stat(5), numbered from 1, and the next one. */
  private static double sum(String process, int field) {
    try {
      String line = Files.readString(Path.of("/proc", process, "stat"));
      // The second field is the name in parentheses and may contain spaces.
      String[] rest = line.substring(line.lastIndexOf(')') + 2).split(" ");
      long ticks = Long.parseLong(rest[field - 3]) + Long.parseLong(rest[field - 2]);
      return ticks / TICKS_PER_SECOND;
    } catch (IOException e) {
      throw new UncheckedIOException("CPU time of process " + process + ": " + e.getMessage(), e);
    }
  }

  /** One-minute load average of the machine. */
  public static double loadAverage() {
    try {
      return Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
    } catch (IOException e) {
      throw new UncheckedIOException("/proc/loadavg: " + e.getMessage(), e);
    }
  }
}
