package org.understudy.simulation;

/** What of the product runs in a seed. */
public enum Parts {
  /** The sessions that decide; agents, wire, stage and front are modelled. Fast. */
  SESSIONS,
  /** The agents as a whole, in one thread. */
  AGENTS,
  /** The one or the other, by the seed. */
  MIXED;

  private static final int EVERY = 4;

  /** Whether the agents run in this seed. */
  boolean areAgents(long seed) {
    return this == AGENTS || this == MIXED && Math.floorMod(seed, EVERY) == 0;
  }
}
