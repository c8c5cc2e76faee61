package org.understudy.simulation.agents;

import org.understudy.checkpoint.guest.GuestHost;
import org.understudy.checkpoint.track.WriteBarrier;

/** Where the guest's answers go: to its own front by the gate, or to the backup's. */
final class GuestAnswers {
  final GuestOutput remote = new GuestOutput();
  private final AgentGate gate;
  private final AgentFront front;
  private final WriteBarrier barrier;
  private final boolean streams;

  GuestAnswers(AgentFront front, AgentGate gate, WriteBarrier barrier, boolean streams) {
    this.front = front;
    this.gate = gate;
    this.barrier = barrier;
    this.streams = streams;
  }

  void answer(long session, long entry) {
    if (front.isConnected(session)) {
      gate.pass(session, entry);
    } else if (barrier.isTracking()) {
      remote.add(session, entry);
    }
  }

  void close(long session) {
    if (front.isConnected(session)) {
      front.closeSession(session);
    } else if (barrier.isTracking()) {
      remote.addClose(session);
    }
  }

  /** Sends what does not wait for a capture on its way; false if the link has no room. */
  boolean streamOut(GuestHost host, long afterInput) {
    if (!barrier.isTracking()) {
      remote.clear(); // nobody carries it: its clients were at a front that is gone
    }
    return !streams || remote.streamTo(host, afterInput);
  }

  /** Answers that wait for something. */
  int waiting() {
    return remote.count() + gate.held();
  }

  /** Bytes of them that wait for a capture. */
  long uncapturedBytes() {
    return (long) (remote.count() + gate.uncut()) * Long.BYTES;
  }

  @Override
  public String toString() {
    return remote.count() + "+" + gate.held();
  }
}
