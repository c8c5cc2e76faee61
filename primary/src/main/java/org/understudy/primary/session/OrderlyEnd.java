package org.understudy.primary.session;

/**
 * The end of guest and node: why, how long it may take, and what came of it. A guest is stopped
 * only when what is committed has left its gate, or has had its time to; one that moved is stopped
 * when the inputs that still came here have been passed on.
 */
final class OrderlyEnd {
  /** An orderly end waits at most so long for the last committed output to leave. */
  static final long LAST_OUTPUT_NS = 500_000_000;

  private final PrimaryActions actions;
  private final long longestNs;
  private String reason;
  private long deadlineNs;
  private boolean guestStopped;
  private boolean isRegistered = true;
  private boolean waitsForOutput;
  private boolean lingers;
  private long stopNs;

  OrderlyEnd(PrimaryActions actions, long longestNs) {
    this.actions = actions;
    this.longestNs = longestNs;
  }

  /** The first reason counts. */
  void request(String newReason, long nowNs) {
    if (reason == null) {
      reason = newReason;
      deadlineNs = nowNs + longestNs;
    }
  }

  boolean isWanted() {
    return reason != null;
  }

  String reason() {
    return reason;
  }

  boolean isOverdue(long nowNs) {
    return nowNs - deadlineNs >= 0;
  }

  /** At once: nothing of it may be seen any more. */
  private void stopGuestNow(String why) {
    if (!guestStopped) {
      guestStopped = true;
      actions.stopGuest(why);
    }
  }

  /** What has not left yet never will. */
  void discard(String why) {
    actions.discardOutput();
    stopGuestNow(why);
  }

  /** Once its last output has left, at the latest after a while. */
  void stopGuest(String why, long nowNs) {
    if (guestStopped) {
      return;
    }
    if (actions.isOutputSettled()) {
      stopGuestNow(why);
    } else {
      guestStopped = true;
      waitsForOutput = true;
      stopNs = nowNs + LAST_OUTPUT_NS;
    }
  }

  /** The guest, paused here, runs on the other node. */
  void letGo(String why, boolean isLinked, long nowNs) {
    long lingerNs = actions.inputLingerNs();
    if (isLinked && lingerNs > 0) {
      guestStopped = true;
      lingers = true;
      stopNs = nowNs + lingerNs;
      actions.passInputsOn(true);
    } else {
      stopGuest(why, nowNs);
    }
  }

  /** Once per duty cycle, in terminal states too. */
  void doWork(long nowNs) {
    boolean isDue = nowNs - stopNs >= 0;
    if (waitsForOutput && (isDue || actions.isOutputSettled())) {
      waitsForOutput = false;
      actions.stopGuest("");
    } else if (lingers && isDue) {
      lingers = false;
      actions.passInputsOn(false);
      actions.stopGuest("");
    }
  }

  /** Whether the guest is still to be stopped: its last output leaves, or late inputs come. */
  boolean isLettingGo() {
    return waitsForOutput || lingers;
  }

  /** The node ends although nobody knows whether the register says so. */
  String unregistered(String why) {
    isRegistered = false;
    return reason + "; " + why;
  }

  /** Whether the register says that the guest ended, once it has. */
  boolean isRegistered() {
    return isRegistered;
  }
}
