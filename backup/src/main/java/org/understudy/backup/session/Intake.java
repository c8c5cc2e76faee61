package org.understudy.backup.session;

import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.pair.session.Goodbye;

/**
 * What has come from the primary in this copy: checkpoints in their order, and what is committed.
 */
final class Intake {
  final CheckpointSequence order = new CheckpointSequence();

  private final BackupSettings settings;
  private final PrimaryLink link;
  private final BackupActions actions;
  private final BackupCounters counters;
  private final Resignation resignation;
  private long outputReceived;
  private int corruptInRow;
  private boolean finalCommitted;
  private boolean standbyReady;

  Intake(
      BackupSettings settings,
      PrimaryLink link,
      BackupActions actions,
      BackupCounters counters,
      Resignation resignation) {
    this.settings = settings;
    this.link = link;
    this.actions = actions;
    this.counters = counters;
    this.resignation = resignation;
  }

  /** A full copy follows. */
  void restart() {
    order.reset();
    outputReceived = 0;
    finalCommitted = false;
    standbyReady = false;
  }

  /** A checkpoint whose order or content is wrong: never applied, asked for again. */
  void onCorrupt(String reason) {
    counters.corrupt++;
    abortStaging();
    if (link.current() != 0) {
      actions.sendGoodbye(link.generation(), link.current(), Goodbye.PROTOCOL, reason);
    }
    link.markBroken();
    if (++corruptInRow > settings.maxCorruptions()) {
      resignation.request(corruptInRow + " corrupt checkpoints in a row, the last: " + reason);
    }
  }

  void abortStaging() {
    if (order.isOpen()) {
      order.abort();
      actions.abortStaging();
    }
  }

  /** The open checkpoint is whole and verified. */
  void onVerified() {
    CaptureKind kind = order.kind();
    order.end();
    if (kind == CaptureKind.ROUND) {
      takeRound();
    } else {
      commit(kind == CaptureKind.FINAL);
    }
  }

  private void takeRound() {
    String obstacle = actions.takeRound();
    if (obstacle != null) {
      resignation.request(obstacle);
    }
  }

  private void commit(boolean isFinal) {
    String obstacle = actions.prepareCommit(order.committed() + 1);
    if (obstacle != null) {
      resignation.request(obstacle);
      return;
    }
    order.commit();
    if (order.committed() == 0) {
      standbyReady = false; // whatever the standby said before, it had nothing to try
    }
    corruptInRow = 0;
    finalCommitted |= isFinal;
    counters.commits++;
    actions.commit(order.committed());
  }

  /** The standby has found out that it could take over from what is committed. */
  void onStandbyReady() {
    standbyReady = true;
  }

  boolean isStandbyReady() {
    return standbyReady;
  }

  void onOutputReceived(long sequence) {
    outputReceived = sequence;
  }

  long outputReceived() {
    return outputReceived;
  }

  /** The guest ended by itself or by its operator, and nothing of it is missing. */
  boolean isFinalCommitted() {
    return finalCommitted;
  }

  long committed() {
    return order.committed();
  }
}
