package org.understudy.checkpoint.guest;

import org.agrona.DirectBuffer;
import org.understudy.checkpoint.memory.GuestMemory;

/**
 * A running guest, as the primary sees it. Methods may be called from the primary's agent thread.
 */
public interface Guest extends AutoCloseable {
  /** What is protected. */
  GuestDescription description();

  /** Memory of the guest, as the tracker and the encoder read it. */
  GuestMemory memory();

  /** Name of the dirty tracker in use, for status. */
  String trackerName();

  /** The gate of output that leaves from this node. */
  OutputGate localGate();

  /** Starts the guest's own duty cycle. */
  void start(GuestHost host);

  /**
   * Starts tracking for a new backup: the next ROUND reports every page that may be non-zero. Taken
   * up at the next boundary.
   */
  void startTracking();

  /** Stops tracking: nothing is captured until the next {@link #startTracking}. */
  void stopTracking();

  /**
   * Opens {@link #localGate}: output waits for nobody. On the guest's thread, after every order
   * that was given before and before those that follow: a copy that starts later holds output anew.
   */
  void openGate();

  /**
   * Offers the next input of the backup's log; the bytes are copied. False when the bounded queue
   * is full: offer it again later, nothing may overtake it.
   */
  boolean offerInput(
      long sequence,
      long stampNs,
      InputKind kind,
      long sessionId,
      DirectBuffer bytes,
      int offset,
      int length);

  /**
   * Opens or closes the listener of this node's own front; sessions that are connected stay either
   * way. Taken up on the guest's thread, opening only after all inputs offered before: a guest that
   * was restored takes nothing from its front until then, so that the rest of the log, offered
   * first, is replayed first. Ignored by guests without a front.
   */
  void serveLocally(boolean on);

  /**
   * Ends the sessions of a backup's front that is gone: the guest sees them closed. Nothing, where
   * clients do not come over a front.
   */
  default void closeRemoteSessions() {}

  /**
   * What the backup's half of this guest says during the initial copy ({@link Standby#nextNote}),
   * in order; the bytes are copied. Best effort: any of them may be missing.
   */
  default void standbyNote(DirectBuffer note, int offset, int length) {}

  /**
   * How long inputs may still come here once the guest was moved to the other node: they are passed
   * on ({@link GuestHost#offerMirrored}) until then, and the guest is stopped only after it.
   */
  default long inputLingerNs() {
    return 0;
  }

  /**
   * When it began to run, by {@link System#nanoTime}; now, where it is yet to be started. A machine
   * that was restored runs before everything around it is ready.
   */
  default long runningSinceNs() {
    return System.nanoTime();
  }

  /** Makes the guest's thread look again at {@link GuestHost#captureDue} if it is parked. */
  void wakeUp();

  /** Inputs offered but not yet consumed. */
  int queuedInputs();

  /** How far the initial copy is with what is beside the memory, for status; from any thread. */
  default CopyAmount besideMemory() {
    return CopyAmount.NONE;
  }

  /** The front of this node that the guest drives, for status. */
  default ClientFront front() {
    return ClientFront.NONE;
  }

  /**
   * Stops the guest at once; nothing it does from now on is visible. An unreleased capture is
   * abandoned first: the guest's thread may be waiting for one of its pages. Other methods may
   * still be called and do nothing. Idempotent.
   */
  @Override
  void close();
}
