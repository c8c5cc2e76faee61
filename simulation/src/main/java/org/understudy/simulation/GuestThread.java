package org.understudy.simulation;

import org.understudy.simulation.agents.AgentGuest;

/** The guest's thread as the scheduler sees it: turns of its own, and some in the agent's. */
final class GuestThread {
  private static final long NEVER = Long.MAX_VALUE;

  private final AgentNode node;
  private final World world;
  private final SimProcess process;
  private AgentGuest guest;
  private long nextNs = NEVER;
  private int number;
  private boolean inTurn;
  private boolean inCycle;

  GuestThread(AgentNode node) {
    this.node = node;
    world = node.world;
    process = node.process;
  }

  void guest(AgentGuest newGuest) {
    guest = newGuest;
  }

  AgentGuest guest() {
    return guest;
  }

  /** Something came: it parks no longer. */
  void wakeUp() {
    sleeps(world.between(1_000, 200_000));
  }

  /** Its next turn comes at the latest after so long. */
  void sleeps(long atMostNs) {
    long at = Math.max(world.now, process.pausedUntilNs) + Math.max(atMostNs, 20_000);
    if (guest != null && !guest.isStopped() && at < nextNs) {
      nextNs = at;
      int ofNumber = ++number;
      world.at(at, () -> event(ofNumber));
    }
  }

  private void event(int ofNumber) {
    if (ofNumber != number || node.isGone()) {
      world.wasIdle();
      return;
    }
    nextNs = NEVER;
    if (inTurn) {
      world.wasIdle();
      return; // it stands still in the middle of one, whose end says when the next one comes
    }
    if (process.pausedUntilNs > world.now) {
      world.wasIdle();
      sleeps(0);
      return;
    }
    if (!turn()) {
      world.wasIdle();
    }
  }

  private boolean turn() {
    inTurn = true;
    try {
      return node.run(guest::turn);
    } catch (SimProcess.Crash crash) {
      return true;
    } finally {
      inTurn = false;
      process.diedInside(node.life());
      if (!node.isGone() && nextNs == NEVER) {
        sleeps(world.between(1_000_000, 5_000_000));
      }
    }
  }

  /** Between two calls of the agent: the guest's thread may have a turn. */
  void maybe() {
    boolean can = inCycle && !inTurn && guest != null && !guest.isStopped();
    if (can && world.chance(world.shape.interleaving())) {
      turn();
    }
  }

  /** Between two calls of the guest's thread: the agent's may have a cycle. */
  void agentMay() {
    if (inTurn && !inCycle && world.chance(world.shape.interleaving())) {
      process.role.cycle(process.nowNs());
    }
  }

  /** The agent's thread begins a cycle; false if it is in one. */
  boolean agentBegins() {
    boolean may = !inCycle;
    inCycle = true;
    return may;
  }

  /** Whether what runs now is the agent, not the guest within its cycle. */
  boolean isAgentsTurn() {
    return inCycle && !inTurn;
  }

  void agentEnds() {
    inCycle = false;
  }
}
