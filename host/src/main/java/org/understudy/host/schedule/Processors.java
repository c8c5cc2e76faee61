package org.understudy.host.schedule;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Collection;
import java.util.stream.Stream;
import org.understudy.host.LinuxCalls;

/**
 * On which of the host's processors threads may run ({@code sched_setaffinity}). A new thread may
 * run where the one may that starts it. Numbers of threads: 0 is the calling one.
 */
public final class Processors {
  /** The kernel refuses a mask that is shorter than its own: room for 8,192 processors. */
  private static final int MASK_BYTES = 1024;

  private Processors() {}

  /** Where a thread may run; empty where that cannot be told. */
  public static BitSet of(long threadId) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
      long bytes = LinuxCalls.systemCall(204, 123, threadId, MASK_BYTES, mask.address(), 0);
      return bytes <= 0 ? new BitSet() : BitSet.valueOf(mask.toArray(JAVA_LONG));
    }
  }

  /** Has a thread run on these alone; false where that cannot be had. */
  public static boolean set(long threadId, BitSet processors) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
      long[] words = processors.toLongArray();
      MemorySegment.copy(words, 0, mask, JAVA_LONG, 0, words.length);
      return LinuxCalls.systemCall(203, 122, threadId, MASK_BYTES, mask.address(), 0) == 0;
    }
  }

  /** The set with these numbers. */
  public static BitSet listed(Collection<Integer> processors) {
    BitSet set = new BitSet();
    processors.forEach(set::set);
    return set;
  }

  /** All threads of this process leave these processors to others; those bound to them stay. */
  public static void leave(BitSet processors) {
    for (long thread : ownThreads()) {
      BitSet left = of(thread);
      left.andNot(processors);
      set(thread, left); // refused where none is left; one that has ended is no matter
    }
  }

  /** All threads of this process may run on these as well. */
  public static void join(BitSet processors) {
    for (long thread : ownThreads()) {
      BitSet wider = of(thread);
      wider.or(processors);
      set(thread, wider);
    }
  }

  private static long[] ownThreads() {
    String[] names = new File("/proc/self/task").list();
    return names == null ? new long[0] : Stream.of(names).mapToLong(Long::parseLong).toArray();
  }
}
