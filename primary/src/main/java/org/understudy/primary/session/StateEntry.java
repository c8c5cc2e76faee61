package org.understudy.primary.session;

import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.session.Goodbye;

/**
 * Starts and stops exactly what belongs to a new state of the {@link PrimaryMachine}. What fails on
 * the way is owed, and done again in the next cycle: nothing of a state comes before it, and no
 * claim of the state before counts in it.
 */
final class StateEntry {
  private final PrimaryMachine machine;
  private final PrimarySettings settings;
  private final BackupLink link;
  private final PrimaryActions actions;
  private PrimaryState old;

  /** The state whose entry is not done yet, or null. */
  private PrimaryState entered;

  private long linkGeneration; // the backup speaks in it until it hears of the end

  StateEntry(
      PrimaryMachine machine, PrimarySettings settings, BackupLink link, PrimaryActions actions) {
    this.machine = machine;
    this.settings = settings;
    this.link = link;
    this.actions = actions;
  }

  void enter(PrimaryState oldState, PrimaryState newState) {
    machine.claim.reset();
    old = oldState;
    entered = newState;
  }

  /** Once at the entry, and until it is done. */
  void complete(long nowNs) {
    if (entered != null) {
      perform(nowNs);
      entered = null;
    }
  }

  private void perform(long nowNs) {
    switch (entered) {
      case SOLO -> enterSolo();
      case WHOLE -> {
        link.copyIsWhole();
        machine.desk.look().reset();
        machine.claim.start(
            machine.register(), new Ownership.Protected(machine.self(), machine.backup()), nowNs);
      }
      case CLAIMING -> {
        stopReplication();
        machine.desk.look().reset();
        machine.claim.start(machine.register(), new Ownership.Solo(machine.self()), nowNs);
      }
      case ENDING -> {
        machine.desk.look().reset();
        machine.onFinalCaptured(-1);
        linkGeneration = machine.generation();
        if (machine.register().ownership() instanceof Ownership.Protected) {
          actions.requestCapture(CaptureKind.FINAL);
        }
      }
      case ENDED -> enterEnded(nowNs);
      case SWITCHING -> {
        machine.onFinalCaptured(-1);
        machine.switchover.holdGuest();
        actions.requestCapture(CaptureKind.HANDOVER);
      }
      case HANDED_OVER -> tellToTakeOver();
      case SAVING -> {
        actions.serveLocally(false);
        machine.save.start(machine.nextCopy(), nowNs);
      }
      case SAVED -> {
        machine.end.stopGuest(machine.stop.reason(), nowNs);
        stopReplication();
      }
      case FENCED, MOVED -> stopReplication();
      default -> {}
    }
  }

  private void enterEnded(long nowNs) {
    // Only an end that is committed is told as one: else the backup may have to take over.
    if (link.links.last() != 0 && old == PrimaryState.ENDING && machine.isFinalReleased()) {
      actions.sendGoodbye(
          linkGeneration, link.links.last(), Goodbye.ORDERLY_END, machine.end.reason());
    }
    machine.end.stopGuest(machine.end.reason(), nowNs);
    stopReplication();
  }

  /** Sent until it is known what came of it: it may get lost with a link session. */
  void tellToTakeOver() {
    actions.sendGoodbye(
        machine.generation(), link.links.current(), Goodbye.SWITCHOVER, machine.switchover.text());
  }

  private void enterSolo() {
    stopReplication();
    if (machine.switchover.isGuestHeld()) {
      actions.resumeGuest(false);
      machine.switchover.onGuestResumed();
    }
    if (old == PrimaryState.SAVING) {
      actions.stopCopy();
      actions.resumeGuest(false);
      actions.serveLocally(true);
    }
    if (old != PrimaryState.HANDSHAKING) {
      actions.openGate();
    }
    if (old == PrimaryState.CLAIMING) {
      actions.closeRemoteSessions();
    }
    if (old == PrimaryState.CLAIMING || settings.streams() && old != PrimaryState.HANDSHAKING) {
      actions.serveLocally(!machine.end.isWanted());
    }
    machine.forgetBackup();
  }

  private void stopReplication() {
    if (link.links.last() != 0) {
      actions.stopCopy();
    }
    actions.useLink(machine.generation(), 0);
    link.forget();
    machine.check.reset();
  }
}
