package org.understudy.primary.session;

/**
 * A guest that is put aside because its node is stopped and nobody else has it: paused, and written
 * down. Until all of it is written it can go on as if nothing had been; from then on the written
 * one is the guest, and the paused one is only to be stopped.
 */
final class GuestSave {
  private enum Phase {
    NONE,
    RUNNING,
    WRITTEN,
    FAILED
  }

  private final PrimaryActions actions;
  private final long longestNs;
  private Phase phase = Phase.NONE;
  private String failure;
  private long deadlineNs;

  GuestSave(PrimaryActions actions, long longestNs) {
    this.actions = actions;
    this.longestNs = longestNs;
  }

  /** The guest is paused for a capture of that number, then written. */
  void start(long copy, long nowNs) {
    phase = Phase.RUNNING;
    deadlineNs = nowNs + longestNs;
    actions.saveGuest(copy);
  }

  void onWritten() {
    if (phase == Phase.RUNNING) {
      phase = Phase.WRITTEN;
    }
  }

  void onFailed(String why) {
    if (phase == Phase.RUNNING) {
      phase = Phase.FAILED;
      failure = why;
    }
  }

  boolean isWritten() {
    return phase == Phase.WRITTEN;
  }

  /** Why it came to nothing, or null while it may still succeed. */
  String failure(long nowNs) {
    if (phase == Phase.RUNNING && nowNs - deadlineNs >= 0 && actions.abandonSave()) {
      onFailed("it was not written within " + longestNs / 1_000_000_000 + " s (node.saveTimeout)");
    }
    return failure();
  }

  private String failure() {
    return phase == Phase.FAILED ? failure : null;
  }

  /** Gives it up unless all of it is written, or about to be; true if it is given up. */
  boolean abandon() {
    return phase == Phase.FAILED || phase == Phase.RUNNING && actions.abandonSave();
  }
}
