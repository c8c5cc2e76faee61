package org.understudy.simulation.agents;

/** The guest's own clock: goes on from what it was set to, as the host's does. */
final class GuestClock {
  private long shownNs;
  private long setAtNs;

  void set(long stampNs, long nowNs) {
    shownNs = stampNs;
    setAtNs = nowNs;
  }

  long stampNs(long nowNs) {
    return shownNs + Math.max(0, nowNs - setAtNs);
  }
}
