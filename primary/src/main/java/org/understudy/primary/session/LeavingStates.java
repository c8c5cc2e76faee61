package org.understudy.primary.session;

import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.RegisterClaim;

/**
 * The states of a {@link PrimaryMachine} whose guest is on its way out: it moves, it ends, or it is
 * put aside.
 */
final class LeavingStates {
  private final PrimaryMachine machine;
  private final PrimarySettings settings;
  private final BackupLink link;
  private final PrimaryActions actions;

  LeavingStates(
      PrimaryMachine machine, PrimarySettings settings, BackupLink link, PrimaryActions actions) {
    this.machine = machine;
    this.settings = settings;
    this.link = link;
    this.actions = actions;
  }

  /** Until the backup is told to claim, this node can still go on as if nothing had been. */
  void switching(long nowNs) {
    if (link.isLost()) {
      machine.state(PrimaryState.CLAIMING, nowNs, link.lossReason());
    } else if (machine.end.isWanted()) {
      goOnHere(PrimaryState.PROTECTED, nowNs, machine.end.reason());
    } else if (!link.keep(machine.generation())) {
      goOnHere(PrimaryState.LINK_LOST, nowNs, "link session broken");
    } else if (machine.isFinalReleased() && actions.isOutputSettled()) {
      machine.state(
          PrimaryState.HANDED_OVER,
          nowNs,
          "epoch " + machine.finalEpoch() + " is committed on " + machine.backup());
    } else if (machine.inStateNs() >= settings.timeoutNs()) {
      goOnHere(PrimaryState.PROTECTED, nowNs, "the last epoch was not committed in time");
    }
  }

  private void goOnHere(PrimaryState newState, long nowNs, String reason) {
    machine.onFinalCaptured(-1);
    actions.resumeGuest(true);
    machine.switchover.onGuestResumed();
    machine.state(newState, nowNs, "switchover given up: " + reason);
  }

  /** From here only a won claim lets this node go on: the backup's may be on its way. */
  void handedOver(long nowNs) {
    if (link.isLost()) {
      machine.state(PrimaryState.CLAIMING, nowNs, link.lossReason());
    } else if (machine.inStateNs() >= settings.commitTimeoutNs()) {
      machine.state(PrimaryState.CLAIMING, nowNs, machine.backup() + " did not take over in time");
    } else {
      link.keep(machine.generation());
      if (!machine.check.isPending()
          && machine.switchover.takeLook(nowNs, settings.heartbeatNs())) {
        machine.check.start(nowNs);
      }
    }
  }

  /** Until all of it is written down the guest can still go on as if nothing had been. */
  void saving(long nowNs) {
    if (machine.claim.phase() == RegisterClaim.Phase.WON) {
      machine.own(machine.claim.seen());
      machine.state(PrimaryState.SAVED, nowNs, "the register says " + machine.register());
    } else if (machine.claim.phase() == RegisterClaim.Phase.LOST) {
      machine.fence(nowNs, "the register says " + machine.claim.seen());
    } else if (machine.save.isWritten() && machine.end.isWanted()) {
      machine.state(
          PrimaryState.SAVED,
          nowNs,
          machine.end.unregistered("the guest is saved, the register does not say so"));
    } else if (machine.save.isWritten() && machine.claim.phase() == RegisterClaim.Phase.IDLE) {
      machine.claim.start(machine.register(), new Ownership.Saved(machine.self()), nowNs);
    } else if (machine.end.isWanted() && machine.save.abandon()) {
      machine.state(PrimaryState.SOLO, nowNs, machine.end.reason());
    } else if (machine.save.failure(nowNs) != null) {
      machine.state(
          PrimaryState.SOLO,
          nowNs,
          "the guest goes on, it cannot be saved ("
              + machine.save.failure(nowNs)
              + "): a second signal gives it up");
    }
  }

  void ending(long nowNs) {
    boolean committed =
        machine.register().ownership() instanceof Ownership.Solo || machine.isFinalReleased();
    if (machine.claim.phase() == RegisterClaim.Phase.WON) {
      machine.own(machine.claim.seen());
      machine.state(PrimaryState.ENDED, nowNs, machine.end.reason());
    } else if (machine.claim.phase() == RegisterClaim.Phase.LOST) {
      machine.fence(nowNs, "the register says " + machine.claim.seen());
    } else if (committed && machine.claim.phase() == RegisterClaim.Phase.IDLE) {
      machine.end.stopGuest(machine.end.reason(), nowNs);
      machine.claim.start(machine.register(), new Ownership.Ended(), nowNs);
    } else if (!committed && link.isLost()) {
      machine.state(PrimaryState.CLAIMING, nowNs, link.lossReason());
    } else if (machine.end.isOverdue(nowNs)) {
      if (!committed) {
        machine.end.discard(machine.end.reason());
      }
      machine.state(
          PrimaryState.ENDED, nowNs, machine.end.unregistered("the register could not be written"));
    } else if (!committed) {
      link.keep(machine.generation());
    }
  }
}
