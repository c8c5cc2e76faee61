package org.understudy.host.schedule;

import java.io.File;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * For a while another process gets the processors before others do ({@code setpriority}): clients
 * wait for a guest that was just taken over, while both nodes and what the dead one leaves behind
 * want the same processors. Needs the right to raise a priority (root, {@code CAP_SYS_NICE});
 * without it nothing changes.
 */
public final class HeadStart {
  /** An emulated guest has translated its hot code by then, and its clients have caught up. */
  private static final long LASTS_NS = TimeUnit.SECONDS.toNanos(1);

  private HeadStart() {}

  /** Begins now and ends by itself; false where it cannot be had. */
  public static boolean give(long processId) {
    String[] threads = new File("/proc/" + processId + "/task").list();
    return threads != null && give(threads);
  }

  /** Each thread has its own priority; one that has ended meanwhile is no matter. */
  static boolean give(String[] threads) {
    Map<Long, Integer> before = new HashMap<>();
    for (String thread : threads) {
      long id = Long.parseLong(thread);
      int nice = Priority.nice(id);
      if (Priority.set(id, Priority.FIRST_NICE)) {
        before.put(id, nice);
      }
    }
    if (before.isEmpty()) {
      return false;
    }
    Thread.ofPlatform().daemon().name("head-start").start(() -> end(before));
    return true;
  }

  private static void end(Map<Long, Integer> before) {
    long endNs = System.nanoTime() + LASTS_NS;
    for (long leftNs = LASTS_NS; leftNs > 0; leftNs = endNs - System.nanoTime()) {
      LockSupport.parkNanos(leftNs);
    }
    before.forEach(Priority::set);
  }
}
