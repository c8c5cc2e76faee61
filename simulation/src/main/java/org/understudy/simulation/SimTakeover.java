package org.understudy.simulation;

import org.agrona.concurrent.UnsafeBuffer;

/** The parts of a takeover, one per duty cycle: apply, restore, replay. */
final class SimTakeover {
  private final SimBackup backup;
  private final UnsafeBuffer bytes = new UnsafeBuffer(new byte[8]);
  private int phase;
  SimGuest guest;

  SimTakeover(SimBackup backup) {
    this.backup = backup;
  }

  /** True when the guest runs. */
  boolean doWork(long nowNs) {
    backup.process.step();
    switch (phase++) {
      case 0 -> {
        apply();
        backup.session.times().appliedNs = nowNs;
      }
      case 1 -> {
        if (backup.neverLoads) {
          backup.session.onTakeoverFailed("it does not load", nowNs);
          return false;
        }
        if (backup.world.chance(backup.world.restoreFails)) {
          // Image and state stay: it is tried again.
          backup.world.count(FaultKind.RESTORE_FAILS);
          if (backup.world.planted == PlantedFault.RESTORE_TRIED_ONCE) {
            backup.session.onTakeoverFailed("it did not load", nowNs);
            return false;
          }
          phase--;
          return false;
        }
        guest = new SimGuest(backup.world, backup.image);
        backup.session.times().restoredNs = nowNs;
      }
      default -> {
        replay();
        backup.session.onTookOver(nowNs);
        return true;
      }
    }
    return false;
  }

  private void apply() {
    if (backup.world.planted == PlantedFault.APPLY_FORGOTTEN) {
      backup.image.forgetCommitted();
      backup.world.checker.onRestored(backup.process, backup.image);
      return;
    }
    boolean more = true;
    while (more) {
      more = backup.image.applyNext();
    }
    backup.world.checker.onRestored(backup.process, backup.image);
  }

  private void replay() {
    // Committed output that still waited leaves first: the claim is won.
    for (SimBackup.Held piece : backup.held) {
      if (piece.afterInput() <= backup.image.inputPosition) {
        backup.process.reply(piece.reply());
      }
    }
    backup.held.clear();
    backup.beyond.startReplay();
    PlantedFault planted = backup.world.planted;
    long from = backup.log.replayAfter(backup.image.inputPosition);
    if (planted == PlantedFault.FORGET_INPUT_POSITION) {
      from = Math.max(0, backup.log.firstSequence() - 1);
      guest.inputPosition = 0;
    }
    if (planted != PlantedFault.FORGET_REPLAY) {
      backup.log.forEachAfter(
          from,
          (sequence, stamp, kind, session, buffer, offset, length) -> {
            replay(new SimGuest.Input(sequence, stamp, session, buffer.getLong(offset)));
            return true;
          });
    }
    if (backup.beyond.endReplay() > 0) {
      throw new Violation("llm: replay did not make what had left");
    }
    // From here on clients of this front are the guest's own.
    guest.local.addAll(backup.waiting());
    guest.local.addAll(backup.mirrored());
    guest.clearLoad();
  }

  private void replay(SimGuest.Input input) {
    backup.process.step();
    backup.world.statistics.replayed++;
    Answer reply = guest.consume(input, true);
    bytes.putLong(0, reply.entry().token);
    int suppressed = backup.beyond.suppress(input.session(), bytes, 0, 8);
    if (suppressed < 0) {
      throw new Violation("llm: replay differs from what had left at " + reply.entry());
    }
    if (suppressed == 0 || backup.world.planted == PlantedFault.NOT_SUPPRESSED) {
      backup.process.reply(reply);
    }
  }
}
