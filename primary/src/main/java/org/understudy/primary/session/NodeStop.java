package org.understudy.primary.session;

/**
 * The operator's wish that this node stops and its guest goes on. The guest moves to the backup as
 * soon as it is protected; an attempt that fails is followed by others. Where nobody else has it,
 * it is written down. Until one of both succeeds the node stays: nothing but a person's refusal
 * ends a guest.
 */
final class NodeStop {
  private final long retryNs;
  private String reason;
  private long nextTryNs;
  private boolean isSaveTried;

  NodeStop(long retryNs) {
    this.retryNs = retryNs;
  }

  /** The first reason counts. */
  void request(String newReason, long nowNs) {
    if (reason == null) {
      reason = newReason;
      nextTryNs = nowNs;
    }
  }

  boolean isWanted() {
    return reason != null;
  }

  String reason() {
    return reason;
  }

  /** True once: where nobody else has the guest it is to be written down. */
  boolean takeSave() {
    boolean result = isWanted() && !isSaveTried;
    isSaveTried |= result;
    return result;
  }

  /** True when the guest is to be moved now; the next time a while later. */
  boolean takeTry(long nowNs) {
    boolean isDue = isWanted() && nowNs - nextTryNs >= 0;
    if (isDue) {
      nextTryNs = nowNs + retryNs;
    }
    return isDue;
  }
}
