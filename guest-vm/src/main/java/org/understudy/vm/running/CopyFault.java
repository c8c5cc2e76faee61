package org.understudy.vm.running;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.guest.GuestHost;
import org.understudy.vm.machine.OwnershipView;

/**
 * What becomes of a guest whose protection failed, at whatever step and for whatever reason, errors
 * of this process's memory included: the copy gets no further capture, and the guest runs on. Only
 * one that cannot be made to run is given up, and only where another node has it as a whole.
 *
 * <p>Used on the guest's thread, but for {@link #monitorGone}.
 */
final class CopyFault {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.vm");
  private static final long RETRY_NS = 1_000_000_000L;

  /** Makes the guest run; false where that did not work. */
  @FunctionalInterface
  interface Runner {
    boolean letRun();
  }

  private final OwnershipView ownership;
  private final Runner runner;
  private Throwable cause;
  private String reason;
  private boolean isPaused;
  private boolean isTried;
  private long triedNs;
  private volatile String monitorGone;

  CopyFault(OwnershipView ownership, Runner runner) {
    this.ownership = ownership;
    this.runner = runner;
  }

  /** The guest is about to be paused by this node. */
  void pauses() {
    isPaused = true;
    isTried = false;
  }

  /** The guest runs, or is paused for another node to go on with it. */
  void settled() {
    isPaused = false;
  }

  /** Something that only protecting needs has failed. */
  void happened(Throwable failure) {
    boolean isNews = cause == null || !failure.toString().equals(cause.toString());
    cause = failure; // before anything that takes memory, of which there may be none
    reason = null;
    if (isNews) {
      LOG.error("something that protects the guest failed; the guest is to run on", failure);
    }
  }

  /** QEMU runs, and cannot be asked for anything; any thread. */
  void monitorGone(String why) {
    LOG.error("{}, though its process runs: the guest cannot be protected", why);
    monitorGone = why;
  }

  /** Why this copy gets no further capture; null where nothing is known against it. */
  String reason() {
    if (monitorGone != null) {
      return monitorGone;
    }
    if (cause != null && reason == null) {
      reason = "protecting the guest failed: " + cause;
    }
    return reason;
  }

  boolean isPaused() {
    return isPaused;
  }

  /** Another copy may do better. */
  void clear() {
    cause = null;
    reason = null;
  }

  /** In each cycle of the guest: true where it is as it should be. */
  boolean recover(GuestHost host, long nowNs) {
    if (!isPaused) {
      return true;
    }
    if (isTried && nowNs - triedNs < RETRY_NS) {
      return false;
    }
    isTried = true;
    if (runner.letRun()) {
      isPaused = false;
      return true;
    }
    triedNs = System.nanoTime();
    if (ownership.isProtected()) {
      host.guestFailed(
          new IllegalStateException(
              "QEMU does not let the guest run on after a capture that failed: " + reason()));
    } else {
      LOG.error("QEMU does not let the guest run on; it is asked again each second");
    }
    return false;
  }
}
