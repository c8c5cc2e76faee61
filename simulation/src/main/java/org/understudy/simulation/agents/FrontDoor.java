package org.understudy.simulation.agents;

/** Whether the guest serves at its own front: not before all of a takeover's log was replayed. */
final class FrontDoor {
  private static final long NOT_ORDERED = -1;

  private final AgentFront front;
  private final boolean closesOwnClients;
  private long openAfter = NOT_ORDERED;
  private boolean serving;
  private boolean wasOpen;

  /**
   * A door that is closed.
   *
   * @param closesOwnClients their inputs are in no backup's log: they go when it closes
   */
  FrontDoor(AgentFront front, boolean closesOwnClients) {
    this.front = front;
    this.closesOwnClients = closesOwnClients;
  }

  void order(boolean on, long afterInput) {
    openAfter = on ? afterInput : NOT_ORDERED;
    if (!on && serving) {
      serving = false;
      front.stopAccepting();
      if (closesOwnClients) {
        front.closeSessions();
      }
    }
  }

  /** Whether it is to open now; called once for each order. */
  boolean opens(InputQueue inputs) {
    if (openAfter == NOT_ORDERED || !inputs.isTakenUpTo(openAfter)) {
      return false;
    }
    openAfter = NOT_ORDERED;
    boolean isNew = !serving;
    serving = true;
    wasOpen = true;
    return isNew;
  }

  boolean isServing() {
    return serving;
  }

  /** Events of the front are taken. */
  boolean wasOpen() {
    return wasOpen;
  }
}
