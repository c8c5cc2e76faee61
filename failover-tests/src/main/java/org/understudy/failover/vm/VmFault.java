package org.understudy.failover.vm;

import java.util.Set;

/** What is done to a pair of nodes with a virtual machine, and what must come of it. */
public enum VmFault {
  /** SIGKILL of the primary. */
  KILL_PRIMARY(Outcome.MOVED),
  /** SIGKILL of the primary's QEMU. */
  KILL_PRIMARY_QEMU(Outcome.MOVED, 1),
  /** SIGTERM of the primary's QEMU, as by a supervisor that stops all of a service's processes. */
  STOP_PRIMARY_QEMU(Outcome.MOVED, 1),
  /** SIGSTOP of the primary, SIGCONT after the takeover. */
  FREEZE_PRIMARY(Outcome.MOVED),
  /** SIGSTOP of the primary's QEMU, for good. */
  FREEZE_QEMU(Outcome.MOVED, 1),
  /** An operator's order to move the guest, while echoes are asked of it: none may be lost. */
  SWITCHOVER(Outcome.MOVED, 12),
  /** SIGTERM of the primary, which hands the guest over. */
  STOP_PRIMARY(Outcome.MOVED, 0),
  /** SIGTERM of the backup, then of the primary, which saves the guest; both are started again. */
  STOP_BOTH(Outcome.ANY),
  /** SIGKILL of the backup. */
  KILL_BACKUP(Outcome.STAYED),
  /** SIGKILL of the backup, and of the next one during its initial copy. */
  KILL_SYNCING_BACKUP(Outcome.STAYED),
  /** SIGSTOP of the backup, SIGCONT when the primary has gone solo. */
  FREEZE_BACKUP(Outcome.STAYED),
  /** The backup's disk has no room until the primary has gone solo. */
  FULL_DISK(Outcome.STAYED, 1),
  /** SIGKILL of the QEMU that waits at the backup. */
  KILL_WAITING_QEMU(Outcome.ANY),
  /** The cable between the nodes is out until one of both runs the guest alone. */
  CUT_LINK(Outcome.ANY),
  /** The cable is out for less than the time-out. */
  CUT_LINK_SHORT(Outcome.ANY),
  /** SIGSTOP of the primary for less than the time-out. */
  STALL_PRIMARY(Outcome.ANY),
  /** The same of its QEMU. */
  STALL_QEMU(Outcome.ANY),
  /** The same of the backup. */
  STALL_BACKUP(Outcome.ANY);

  /** Where the guest runs afterwards. */
  enum Outcome {
    /** On the other node. */
    MOVED,
    /** Where it was, after a time without protection. */
    STAYED,
    /** On either: the machine decides how long a short time was. */
    ANY
  }

  /** Fenced: what every node that lost its guest ends with. */
  private static final int FENCED = 11;

  final Outcome outcome;
  private final Set<Integer> exitCodes;

  VmFault(Outcome outcome) {
    this.outcome = outcome;
    this.exitCodes = Set.of(FENCED);
  }

  VmFault(Outcome outcome, int exitCode) {
    this.outcome = outcome;
    this.exitCodes = Set.of(FENCED, exitCode);
  }

  /**
   * Whether a primary wakes up after another node may have taken over. In the very instant in which
   * it was stopped it may have been letting out what was committed; then that leaves when it wakes.
   */
  boolean wakesPrimary() {
    return this == FREEZE_PRIMARY || this == STALL_PRIMARY;
  }

  /** Whether a node that was not killed may end like this. */
  boolean allows(int exitCode) {
    return exitCodes.contains(exitCode);
  }
}
