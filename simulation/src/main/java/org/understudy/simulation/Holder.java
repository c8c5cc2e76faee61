package org.understudy.simulation;

import org.understudy.backup.session.BackupSession;
import org.understudy.backup.session.BackupState;

/** A process in its role as the one that holds the copy. */
interface Holder extends SimProcess.Role {
  BackupSession session();

  /** There is a committed image. */
  boolean isWhole();

  /** The claim is won, and the guest does not run yet. */
  boolean isTakingOver();

  /** Whether a copy is held in this state, and nothing is done with it yet. */
  default boolean isHeldOnly(BackupState state) {
    return switch (state) {
      case WHOLE, PROTECTED, LINK_LOST -> true;
      default -> false;
    };
  }

  /** What the guest went through until the last commit. */
  History committedHistory();

  /** The guest that was restored crashes before it serves; false if there is none. */
  boolean failTakeover();

  /** The image turns out to be wrong; false if there is none, or it is being taken over from. */
  boolean spoilImage();

  /** What waited to take over is gone, and does not come back; false if there was nothing. */
  boolean loseStandby();
}
