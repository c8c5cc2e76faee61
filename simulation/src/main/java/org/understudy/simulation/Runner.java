package org.understudy.simulation;

import org.understudy.primary.session.PrimarySession;

/** A process in its role as the one that runs the guest. */
interface Runner extends SimProcess.Role {
  PrimarySession session();

  /** What the guest went through so far. */
  GuestHistory history();

  /** The guest runs here no more. */
  boolean isGuestStopped();

  /** Output passes freely. */
  boolean isGateOpen();

  /** What is unacked is not kept any more; false if this cannot happen here. */
  boolean loseRetained();

  /** The guest crashes by itself, which no node can help. */
  void crashGuest();
}
