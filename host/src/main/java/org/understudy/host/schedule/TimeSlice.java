package org.understudy.host.schedule;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.understudy.host.LinuxCalls;

/**
 * How much time in a row a thread asks the scheduler for ({@code sched_setattr}, Linux 6.12). A
 * thread that asks for little runs soon after it wakes up, also where others compute on every core;
 * it gets no larger share for that. Threads that a paused guest waits for ask for little. Where the
 * system knows nothing of it nothing changes.
 */
public final class TimeSlice {
  /** The least that the scheduler grants. */
  private static final long SHORT_NS = 100_000;

  /** The system's own, milliseconds long. */
  private static final long DEFAULT_NS = 0;

  /** {@code struct sched_attr} of version 0; nanoseconds of {@code sched_runtime} at 24. */
  private static final int ATTRIBUTE_BYTES = 48;

  private static final int POLICY_OFFSET = 4;
  private static final int RUNTIME_OFFSET = 24;
  private static final int SCHED_OTHER = 0;
  private static final long UNKNOWN = -1;

  private TimeSlice() {}

  /** The calling thread asks for little time in a row; false where that cannot be had. */
  public static boolean shorten() {
    return shorten(0);
  }

  /** A thread, of any process, by its number, gets little time in a row; false where that fails. */
  public static boolean shorten(long threadId) {
    return set(threadId, SHORT_NS);
  }

  /** A thread that computes: it may have inherited a short slice. */
  public static boolean reset(long threadId) {
    return set(threadId, DEFAULT_NS);
  }

  /** What a thread asks for, in nanoseconds; negative where the system does not tell. */
  static long ofThread(long threadId) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(ATTRIBUTE_BYTES, Long.BYTES);
      return get(threadId, attributes) ? attributes.get(JAVA_LONG, RUNTIME_OFFSET) : UNKNOWN;
    }
  }

  private static boolean set(long threadId, long sliceNs) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(ATTRIBUTE_BYTES, Long.BYTES);
      if (!get(threadId, attributes) || attributes.get(JAVA_INT, POLICY_OFFSET) != SCHED_OTHER) {
        return false; // an operator's policy stays
      }
      attributes.set(JAVA_LONG, RUNTIME_OFFSET, sliceNs);
      return LinuxCalls.systemCall(314, 274, threadId, attributes.address(), 0, 0) == 0;
    }
  }

  private static boolean get(long threadId, MemorySegment attributes) {
    return LinuxCalls.systemCall(315, 275, threadId, attributes.address(), ATTRIBUTE_BYTES, 0) == 0;
  }
}
