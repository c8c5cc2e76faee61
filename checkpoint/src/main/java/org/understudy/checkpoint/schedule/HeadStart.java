package org.understudy.checkpoint.schedule;

import java.io.File;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.understudy.checkpoint.memory.LinuxCalls;

/**
 * For a while another process gets the processors before others do ({@code setpriority}): clients
 * wait for a guest that was just taken over, while both nodes and what the dead one leaves behind
 * want the same processors. Needs the right to raise a priority (root, {@code CAP_SYS_NICE});
 * without it nothing changes.
 */
public final class HeadStart {
  /** An emulated guest has translated its hot code by then, and its clients have caught up. */
  private static final long LASTS_NS = TimeUnit.SECONDS.toNanos(1);

  private static final int NICE = -15;

  /** The system call tells a priority as 20 - nice, so that it is never negative. */
  private static final int TOLD_FROM = 20;

  private HeadStart() {}

  /** Begins now and ends by itself; false where it cannot be had. */
  public static boolean give(long processId) {
    int before = nice(processId);
    if (!set(processId, NICE)) {
      return false;
    }
    Thread.ofPlatform().daemon().name("head-start").start(() -> end(processId, before));
    return true;
  }

  private static void end(long processId, int nice) {
    long endNs = System.nanoTime() + LASTS_NS;
    for (long leftNs = LASTS_NS; leftNs > 0; leftNs = endNs - System.nanoTime()) {
      LockSupport.parkNanos(leftNs);
    }
    set(processId, nice);
  }

  /** Of the process's first thread. */
  static int nice(long processId) {
    return TOLD_FROM - (int) LinuxCalls.systemCall(140, 141, 0, processId, 0, 0);
  }

  private static boolean set(long processId, int nice) {
    String[] threads = new File("/proc/" + processId + "/task").list();
    return threads != null && set(threads, nice);
  }

  /**
   * Each thread has its own, and new ones inherit it; one that has ended meanwhile is no matter.
   */
  static boolean set(String[] threads, int nice) {
    boolean isSet = false;
    for (String thread : threads) {
      isSet |= LinuxCalls.systemCall(141, 140, 0, Long.parseLong(thread), nice, 0) == 0;
    }
    return isSet;
  }
}
