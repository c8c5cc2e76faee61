package org.understudy.host.schedule;

import org.understudy.host.LinuxCalls;

/**
 * Niceness of threads ({@code setpriority}): the lower, the larger their share of a processor that
 * others want too. Raising it needs root or {@code CAP_SYS_NICE}.
 */
public final class Priority {
  /** Before nearly everything else: for threads that work little, and that others wait for. */
  public static final int FIRST_NICE = -15;

  /** The system call tells a priority as 20 - nice, so that it is never negative. */
  private static final int TOLD_FROM = 20;

  private Priority() {}

  /** Of a thread, or of a process's first one. */
  public static int nice(long threadId) {
    return TOLD_FROM - (int) LinuxCalls.systemCall(140, 141, 0, threadId, 0, 0);
  }

  /** False where the thread has ended or the right is missing. */
  public static boolean set(long threadId, int nice) {
    return LinuxCalls.systemCall(141, 140, 0, threadId, nice, 0) == 0;
  }
}
