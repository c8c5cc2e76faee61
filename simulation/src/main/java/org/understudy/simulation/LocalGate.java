package org.understudy.simulation;

import java.util.ArrayDeque;

/** The gate of sessions on the primary's own front: open when solo, else released by the ack. */
final class LocalGate {
  private record Held(long epoch, Reply reply) {}

  private static final long UNCUT = Long.MAX_VALUE;

  private final SimProcess process;
  private final ArrayDeque<Held> held = new ArrayDeque<>();
  private boolean closed;
  private long releases;

  LocalGate(SimProcess process) {
    this.process = process;
  }

  void pass(Reply reply) {
    if (closed) {
      held.add(new Held(UNCUT, reply));
    } else {
      process.reply(reply);
    }
  }

  void close() {
    closed = true;
  }

  void cut(long epoch) {
    for (int i = held.size(); i > 0; i--) {
      Held piece = held.poll();
      held.add(piece.epoch == UNCUT ? new Held(epoch, piece.reply) : piece);
    }
  }

  void release(long epoch) {
    releases++;
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

  boolean isClosed() {
    return closed;
  }

  int held() {
    return held.size();
  }
}
