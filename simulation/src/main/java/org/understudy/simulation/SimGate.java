package org.understudy.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** The gate on the primary's own node: open when solo, else released by the ack. */
final class SimGate {
  private record Held(long epoch, Answer reply) {}

  private static final long UNCUT = Long.MAX_VALUE;

  private final SimProcess process;
  private final ArrayDeque<Held> held = new ArrayDeque<>();
  private boolean closed;
  private long releases;
  private long releasedEpoch = -1;

  SimGate(SimProcess process) {
    this.process = process;
  }

  void pass(Answer reply) {
    if (closed) {
      held.add(new Held(UNCUT, reply));
    } else {
      process.reply(reply);
    }
  }

  void close() {
    closed = true;
    releasedEpoch = -1;
  }

  /** What waits since the last cut belongs to this epoch; returns it. */
  List<Answer> cut(long epoch) {
    List<Answer> cut = new ArrayList<>();
    for (int i = held.size(); i > 0; i--) {
      Held piece = held.poll();
      boolean isNew = piece.epoch == UNCUT;
      held.add(isNew ? new Held(epoch, piece.reply) : piece);
      if (isNew) {
        cut.add(piece.reply);
      }
    }
    return cut;
  }

  void release(long epoch) {
    releases++;
    releasedEpoch = Math.max(releasedEpoch, epoch == UNCUT ? -1 : epoch);
    while (!held.isEmpty() && held.peek().epoch <= epoch) {
      process.reply(held.poll().reply);
    }
  }

  void open() {
    closed = false;
    release(UNCUT);
  }

  void discard() {
    closed = true;
    held.clear();
  }

  /** How often output was let out. */
  long releases() {
    return releases;
  }

  /** Last epoch whose output has left. */
  long releasedEpoch() {
    return releasedEpoch;
  }

  boolean isClosed() {
    return closed;
  }

  int held() {
    return held.size();
  }
}
