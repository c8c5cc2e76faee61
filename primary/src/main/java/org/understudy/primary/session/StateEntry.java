package org.understudy.primary.session;

import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.session.Goodbye;

/** Starts and stops exactly what belongs to a new state of the {@link PrimaryMachine}. */
final class StateEntry {
  private final PrimaryMachine machine;
  private final PrimarySettings settings;
  private final BackupLink link;
  private final PrimaryActions actions;
  private long linkGeneration; // the backup speaks in it until it hears of the end

  StateEntry(
      PrimaryMachine machine, PrimarySettings settings, BackupLink link, PrimaryActions actions) {
    this.machine = machine;
    this.settings = settings;
    this.link = link;
    this.actions = actions;
  }

  void enter(PrimaryState old, PrimaryState state, long nowNs) {
    switch (state) {
      case SOLO -> enterSolo(old);
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
        machine.claim.reset();
        machine.desk.look().reset();
        machine.onFinalCaptured(-1);
        linkGeneration = machine.generation();
        if (machine.register().ownership() instanceof Ownership.Protected) {
          actions.requestCapture(CaptureKind.FINAL);
        }
      }
      case ENDED -> enterEnded(old, nowNs);
      case SWITCHING -> {
        machine.onFinalCaptured(-1);
        machine.switchover.holdGuest();
        actions.requestCapture(CaptureKind.HANDOVER);
      }
      case HANDED_OVER -> tellToTakeOver();
      case FENCED, MOVED -> stopReplication();
      default -> {}
    }
  }

  private void enterEnded(PrimaryState old, long nowNs) {
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

  private void enterSolo(PrimaryState old) {
    stopReplication();
    if (machine.switchover.takeGuestHeld()) {
      actions.resumeGuest(false);
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
