package org.understudy.simulation.agents;

import java.util.ArrayDeque;
import org.agrona.DirectBuffer;
import org.understudy.checkpoint.guest.InputKind;

/** Inputs of a backup's log that wait for the guest; within one log none is missing or doubled. */
final class InputQueue {
  private final Surroundings around;
  private final int limit;
  private final ArrayDeque<GuestInput> inputs = new ArrayDeque<>();
  private long lastOffered;

  /** The next input follows the last one: what another backup had logged may be dropped. */
  private boolean isOneLog;

  InputQueue(Surroundings around, int limit) {
    this.around = around;
    this.limit = limit;
  }

  boolean offer(
      long sequence,
      long stampNs,
      InputKind kind,
      long sessionId,
      DirectBuffer bytes,
      int offset,
      int length) {
    if (inputs.size() >= limit) {
      return false;
    }
    if (isOneLog && sequence != lastOffered + 1) {
      around.violation("inputs once: " + sequence + " is offered after " + lastOffered);
    }
    beginAfter(sequence);
    inputs.add(GuestInput.of(sequence, stampNs, kind, sessionId, bytes, offset, length));
    return true;
  }

  /** What comes next is the input after this one. */
  void beginAfter(long sequence) {
    lastOffered = sequence;
    isOneLog = true;
  }

  /** Another log begins, with any number that is higher. */
  void anotherLog() {
    isOneLog = false;
  }

  void dropUpTo(long sequence) {
    while (!inputs.isEmpty() && inputs.peek().sequence() <= sequence) {
      inputs.poll();
    }
  }

  /** Everything up to this one was taken. */
  boolean isTakenUpTo(long sequence) {
    return inputs.isEmpty() || inputs.peek().sequence() > sequence;
  }

  long lastOffered() {
    return lastOffered;
  }

  boolean isEmpty() {
    return inputs.isEmpty();
  }

  int size() {
    return inputs.size();
  }

  int percent() {
    return 100 * inputs.size() / limit;
  }

  GuestInput poll() {
    return inputs.poll();
  }
}
