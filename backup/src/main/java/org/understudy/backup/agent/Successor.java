package org.understudy.backup.agent;

import org.understudy.checkpoint.guest.Guest;

/**
 * The primary that a restored guest goes on under. It exists from the restore on, since the guest
 * reports to it; its own duty cycle begins when the takeover is done.
 */
public interface Successor extends AutoCloseable {
  /** The restored guest, which runs. */
  Guest guest();

  /** Why the guest cannot go on, or null. */
  Throwable guestFailure();

  /** Closes the guest and what was made around it. */
  @Override
  void close();
}
