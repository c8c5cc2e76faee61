package org.understudy.vm.track;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a process that need not be a child of this one still does something. */
public final class ProcessState {
  private static final String DONE = "ZX";
  private static final int START = 19;

  private ProcessState() {}

  /** False too for one that ended and that its parent has not asked after yet. */
  public static boolean isRunning(long pid) {
    try {
      return DONE.indexOf(fields(pid)[0].charAt(0)) < 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** When it started, in clock ticks since the host did; -1 where there is no such process. */
  public static long startTicks(long pid) {
    try {
      return Long.parseLong(fields(pid)[START]);
    } catch (IOException e) {
      return -1;
    }
  }

  /** From the state on: what stands before is its number and its name, with any characters. */
  private static String[] fields(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
  }
}
