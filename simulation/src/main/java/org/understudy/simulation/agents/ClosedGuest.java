package org.understudy.simulation.agents;

/** The guest was closed under its own thread. */
final class ClosedGuest extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ClosedGuest() {
    super("closed", null, false, false);
  }
}
