package org.understudy.vm.running;

import org.understudy.checkpoint.guest.GuestHost;
import org.understudy.vm.machine.Machine;

/**
 * Says that a copy cannot go on, and the guest goes on alone; or that the guest is dead. What
 * protects a guest fails first when its QEMU dies, and solo ownership must not be claimed then: the
 * backup would lose the only state that is left. So a guest is said to go on alone only when it was
 * seen to run, or its process after a while. Used on the guest's thread.
 */
final class CopyEnd {
  /** A QEMU that ends closes its monitor and all else first. */
  static final long GONE_NS = 1_000_000_000L;

  private final Machine machine;
  private final GatedDisks disks;
  private final CopyFault fault;
  private boolean isTold;
  private boolean isDead;

  CopyEnd(Machine machine, GatedDisks disks, CopyFault fault) {
    this.machine = machine;
    this.disks = disks;
    this.fault = fault;
  }

  /** Whether the copy cannot go on; its host was told why. */
  boolean isReached(GuestHost host, long nowNs) {
    String reason = disks.broken() != null ? disks.broken() : fault.reason();
    boolean isNews = reason != null && !isTold;
    isTold = reason != null;
    if (isNews && !isSeenToRun(host, nowNs) && machine.awaitEnd(GONE_NS)) {
      isDead = true;
      host.guestFailed(new IllegalStateException(reason + "; QEMU " + machine.lastWords()));
    } else if (isTold && !isDead) {
      host.protectionBroken(reason);
    }
    return isTold;
  }

  /** It answered, and was made to run. */
  private boolean isSeenToRun(GuestHost host, long nowNs) {
    return fault.isPaused() && fault.recover(host, nowNs);
  }
}
