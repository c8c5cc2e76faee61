package org.understudy.simulation;

import org.understudy.backup.session.BackupSession;

/** A process in its role as the one that holds the copy. */
interface Holder extends SimProcess.Role {
  BackupSession session();

  /** There is a committed image. */
  boolean isWhole();

  /** The claim is won, and the guest does not run yet. */
  boolean isTakingOver();

  /** What the guest went through until the last commit. */
  GuestHistory committedHistory();

  /** The guest that was restored crashes before it serves; false if there is none. */
  boolean failTakeover();

  /** What waited to take over is gone, and does not come back; false if there was nothing. */
  boolean loseStandby();
}
