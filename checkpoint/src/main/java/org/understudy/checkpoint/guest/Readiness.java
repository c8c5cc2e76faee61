package org.understudy.checkpoint.guest;

import java.util.Objects;

/** Whether the backup's half of a guest could take over with what is committed. */
public final class Readiness {
  /** It could: acks go out. */
  public static final Readiness READY = new Readiness("ready", null);

  /** It finds out, after epoch 0 is committed: acks wait, so that nothing counts as protected. */
  public static final Readiness NOT_YET = new Readiness("not yet", null);

  private final String text;
  private final String failure;

  private Readiness(String text, String failure) {
    this.text = text;
    this.failure = failure;
  }

  /** It cannot: the backup resigns with this reason; after a won claim it waits. */
  public static Readiness failed(String reason) {
    return new Readiness("failed", Objects.requireNonNull(reason));
  }

  /** Whether acks may go out. */
  public boolean isReady() {
    return this == READY;
  }

  /** Why it cannot take over; null while it can or may. */
  public String failure() {
    return failure;
  }

  @Override
  public String toString() {
    return failure == null ? text : text + ": " + failure;
  }
}
