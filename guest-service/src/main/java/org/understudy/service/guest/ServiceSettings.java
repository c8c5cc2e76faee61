package org.understudy.service.guest;

import java.util.List;
import org.understudy.checkpoint.memory.BurstBuffer;
import org.understudy.checkpoint.memory.MemoryBound;

/**
 * Limits and switches of a service guest. All queues are bounded; where a bound is met, less input
 * is taken until there is room again.
 *
 * @param replyLimitBytes most reply bytes of one event, over all sessions
 * @param heldOutputBytes output that may wait for its commit before no more input is taken; an
 *     event that began below it may add up to {@code replyLimitBytes}
 * @param remainderBytes most unconsumed input kept for a session
 * @param maxSessions most open sessions; more are closed at once
 * @param inputQueueBytes bytes of remote inputs that wait for the guest's thread; a power of two,
 *     and at least eight times the longest input
 * @param streamOutput output travels right after its event ({@code llm}), not in the checkpoint
 * @param restoreEveryEpoch test mode: the service object is thrown away at every capture and
 *     restored from memory
 */
public record ServiceSettings(
    int replyLimitBytes,
    int heldOutputBytes,
    int remainderBytes,
    int maxSessions,
    int inputQueueBytes,
    boolean streamOutput,
    boolean restoreEveryEpoch) {
  private static final int MIB = 1 << 20;
  private static final int RECORDS_BYTES = 16 * MIB;
  private static final int RESTING_BUFFERS = 8;

  /** A value of 64 MiB in one reply, with room for its framing. */
  public static final ServiceSettings DEFAULT =
      new ServiceSettings(65 * MIB, 64 * MIB, 64 * 1024, 65_536, 16 * MIB, false, false);

  /** Checks limits against each other. */
  public ServiceSettings {
    requireInRange("reply limit", replyLimitBytes, 4096, 1 << 30);
    requireInRange("held output", heldOutputBytes, 4096, 1 << 29);
    requireInRange("remainder limit", remainderBytes, 64, 16 * MIB);
    requireInRange("sessions", maxSessions, 1, 1 << 24);
    requireInRange("input queue", inputQueueBytes, 4096, 1 << 30);
    if (Integer.bitCount(inputQueueBytes) != 1) {
      throw new IllegalArgumentException(
          "input queue of " + inputQueueBytes + " bytes is not a power of two");
    }
  }

  private static void requireInRange(String what, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          what + " of a service is " + value + ", it must be " + min + " to " + max);
    }
  }

  /**
   * Most bytes of output of one epoch: what may wait before an event, what one event may add, and
   * the records around both.
   */
  public int outputLimitBytes() {
    return heldOutputBytes + replyLimitBytes + RECORDS_BYTES;
  }

  /** What a guest with these limits takes at most beside its memory and its tracker. */
  public List<MemoryBound> bounds() {
    // What waits for a capture and what waits for its commit; others rest.
    long output = 2L * outputLimitBytes() + RESTING_BUFFERS * (long) BurstBuffer.KEPT_BYTES;
    return List.of(
        MemoryBound.ofNative("output of the guest", "guest.valueLimit", output),
        MemoryBound.ofNative("queued inputs", "", inputQueueBytes + 4096L));
  }

  /** With another limit of reply bytes per event. */
  public ServiceSettings withReplyLimitBytes(int bytes) {
    return new ServiceSettings(
        bytes,
        heldOutputBytes,
        remainderBytes,
        maxSessions,
        inputQueueBytes,
        streamOutput,
        restoreEveryEpoch);
  }

  /** With another bound of output that waits. */
  public ServiceSettings withHeldOutputBytes(int bytes) {
    return new ServiceSettings(
        replyLimitBytes,
        bytes,
        remainderBytes,
        maxSessions,
        inputQueueBytes,
        streamOutput,
        restoreEveryEpoch);
  }

  /** With output that travels right after its event. */
  public ServiceSettings withStreamOutput(boolean on) {
    return new ServiceSettings(
        replyLimitBytes,
        heldOutputBytes,
        remainderBytes,
        maxSessions,
        inputQueueBytes,
        on,
        restoreEveryEpoch);
  }

  /** With the test mode that restores at every capture. */
  public ServiceSettings withRestoreEveryEpoch(boolean on) {
    return new ServiceSettings(
        replyLimitBytes,
        heldOutputBytes,
        remainderBytes,
        maxSessions,
        inputQueueBytes,
        streamOutput,
        on);
  }

  /** With other bounds of sessions and of waiting input. */
  public ServiceSettings withBounds(int sessions, int queueBytes) {
    return new ServiceSettings(
        replyLimitBytes,
        heldOutputBytes,
        remainderBytes,
        sessions,
        queueBytes,
        streamOutput,
        restoreEveryEpoch);
  }
}
