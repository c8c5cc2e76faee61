package org.understudy.primary.session;

/** The orderly end of guest and node: why, how long it may take, and what came of it. */
final class OrderlyEnd {
  private final PrimaryActions actions;
  private final long longestNs;
  private String reason;
  private long deadlineNs;
  private boolean guestStopped;
  private boolean isRegistered = true;

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

  void stopGuest(String why) {
    if (!guestStopped) {
      guestStopped = true;
      actions.stopGuest(why);
    }
  }

  /** The guest, paused here, runs on the other node. */
  void letGo(String why) {
    guestStopped = true;
    actions.letGo(why);
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
