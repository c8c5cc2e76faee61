package org.understudy.backup.session;

import org.understudy.pair.session.Goodbye;

/** What follows from the state in each duty cycle: releases, acks, heartbeats. */
final class Upkeep {
  private final BackupSettings settings;
  private final PrimaryLink link;
  private final BackupMachine machine;
  private final BackupActions actions;
  private long ackedEpoch = -1;
  private long releasedEpoch = -1;
  private long ackedOutput;
  private long lastHeartbeatNs;

  Upkeep(
      BackupSettings settings,
      PrimaryLink link,
      BackupMachine machine,
      BackupActions actions,
      long nowNs) {
    this.settings = settings;
    this.link = link;
    this.machine = machine;
    this.actions = actions;
    lastHeartbeatNs = nowNs;
  }

  /** Nothing of the new copy is acked or released. */
  void onFullCopy() {
    releasedEpoch = -1;
    onLink();
  }

  /** Acks of the link session before may be lost. */
  void onLink() {
    ackedEpoch = -1;
    ackedOutput = 0;
    actions.sendHeartbeat(link.generation(), link.current());
  }

  int doWork(long nowNs) {
    int work = release() + ack();
    heartbeat(nowNs);
    return work;
  }

  /** Output leaves at the commit, but never while the register must be read (SAFETY rule O3). */
  private int release() {
    long committed = machine.intake.committed();
    if (!machine.mayRelease() || releasedEpoch >= committed) {
      return 0;
    }
    releasedEpoch = committed;
    actions.releaseOutput(releasedEpoch);
    return 1;
  }

  private int ack() {
    if (!machine.commitsNow() || link.current() == 0) {
      return 0;
    }
    int work = 0;
    if (ackedEpoch < machine.intake.committed() && machine.mayAck()) {
      ackedEpoch = machine.intake.committed();
      actions.sendAck(link.generation(), link.current(), ackedEpoch);
      work++;
    }
    if (ackedOutput < machine.intake.outputReceived()) {
      ackedOutput = machine.intake.outputReceived();
      actions.sendOutputAck(link.generation(), link.current(), ackedOutput);
      work++;
    }
    return work;
  }

  private void heartbeat(long nowNs) {
    if (nowNs - lastHeartbeatNs < settings.heartbeatNs()) {
      return;
    }
    if (link.current() != 0) {
      boolean isSent = actions.sendHeartbeat(link.generation(), link.current());
      lastHeartbeatNs = isSent ? nowNs : lastHeartbeatNs;
    } else if (machine.isLeaving(nowNs) && link.last() != 0) {
      lastHeartbeatNs = nowNs;
      actions.sendGoodbye(
          link.generation(), link.last(), Goodbye.RESIGN, machine.resignation.reason());
    }
  }
}
