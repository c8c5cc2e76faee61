package org.understudy.primary.session;

import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.session.Goodbye;

/** What follows from the state in each duty cycle: releases and heartbeats. */
final class Upkeep {
  private final PrimarySettings settings;
  private final BackupLink link;
  private final PrimaryMachine machine;
  private final PrimaryActions actions;
  private long lastHeartbeatNs;

  Upkeep(
      PrimarySettings settings,
      BackupLink link,
      PrimaryMachine machine,
      PrimaryActions actions,
      long nowNs) {
    this.settings = settings;
    this.link = link;
    this.machine = machine;
    this.actions = actions;
    lastHeartbeatNs = nowNs;
  }

  int doWork(long nowNs) {
    int work = release();
    heartbeat(nowNs);
    return work;
  }

  /** Only what is committed leaves, and nothing while the register must be read. */
  private int release() {
    // Of a guest that ends alone nothing is held: what a copy before had acked is no order.
    boolean endsAlone =
        machine.state() == PrimaryState.ENDING
            && machine.register().ownership() instanceof Ownership.Solo;
    boolean may = machine.state().isGated() && !endsAlone && !machine.check.isPending();
    if (!may || !link.ledger.takeRelease()) {
      return 0;
    }
    actions.releaseOutput(link.ledger.acked());
    return 1;
  }

  void heartbeat(long nowNs) {
    if (nowNs - lastHeartbeatNs < settings.heartbeatNs()) {
      return;
    }
    link.tellLetGo(machine.generation());
    if (link.links.last() == 0) {
      return;
    }
    boolean isSent = true;
    if (link.links.current() != 0 && machine.state() == PrimaryState.HANDED_OVER) {
      machine.entry.tellToTakeOver();
    } else if (link.links.current() != 0) {
      isSent = actions.sendHeartbeat(machine.generation(), link.links.current());
    } else {
      actions.sendGoodbye(
          machine.generation(), link.links.last(), Goodbye.LINK_RESTART, "link session restarts");
    }
    lastHeartbeatNs = isSent ? nowNs : lastHeartbeatNs;
  }
}
