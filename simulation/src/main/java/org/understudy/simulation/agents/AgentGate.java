package org.understudy.simulation.agents;

import java.nio.ByteOrder;
import java.util.ArrayDeque;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.OutputGate;

/** The gate at the guest's own node: holds answers to its own clients, or a machine's frames. */
final class AgentGate implements OutputGate {
  /** Where an answer goes once it may leave. */
  @FunctionalInterface
  interface Exit {
    void leave(long session, long entry);
  }

  private record Held(long epoch, long session, long entry) {}

  private static final long UNCUT = Long.MAX_VALUE;

  private final Exit exit;
  private final ArrayDeque<Held> held = new ArrayDeque<>();
  private boolean closed;
  private boolean discarded;

  AgentGate(Exit exit) {
    this.exit = exit;
  }

  void pass(long session, long entry) {
    if (closed) {
      held.add(new Held(UNCUT, session, entry));
    } else if (!discarded) {
      exit.leave(session, entry);
    }
  }

  /** Whether output passes freely. */
  boolean isOpen() {
    return !closed && !discarded;
  }

  int held() {
    return held.size();
  }

  int uncut() {
    return (int) held.stream().filter(piece -> piece.epoch == UNCUT).count();
  }

  /** What waits since the last cut, as pairs of session and entry; it stays. */
  UnsafeBuffer copyUncut() {
    UnsafeBuffer pairs = new UnsafeBuffer(new byte[uncut() * 2 * Long.BYTES]);
    int at = 0;
    for (Held piece : held) {
      if (piece.epoch == UNCUT) {
        pairs.putLong(at, piece.session, ByteOrder.LITTLE_ENDIAN);
        pairs.putLong(at + Long.BYTES, piece.entry, ByteOrder.LITTLE_ENDIAN);
        at += 2 * Long.BYTES;
      }
    }
    return pairs;
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public void cut(long epoch) {
    for (int i = held.size(); i > 0; i--) {
      Held piece = held.poll();
      held.add(piece.epoch == UNCUT ? new Held(epoch, piece.session, piece.entry) : piece);
    }
  }

  @Override
  public void release(long epoch) {
    while (!discarded && !held.isEmpty() && held.peek().epoch <= epoch) {
      Held piece = held.poll();
      exit.leave(piece.session, piece.entry);
    }
  }

  @Override
  public void open() {
    closed = false;
    release(UNCUT);
  }

  @Override
  public void discard() {
    discarded = true;
    held.clear();
  }
}
