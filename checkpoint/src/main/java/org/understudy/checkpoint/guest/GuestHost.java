package org.understudy.checkpoint.guest;

/**
 * What the engine is to a running guest. All methods are called on the guest's own thread, between
 * two of its events, and return at once.
 */
public interface GuestHost {
  /**
   * Whether to capture at this boundary; cheap enough to ask after every event. Asked also by a
   * guest that stays paused after its last capture, whenever it is woken: orders to its gate are
   * carried out here, and {@link #goesOn} follows.
   */
  CaptureKind captureDue(long nowNs, GuestLoad load);

  /**
   * How long output that waits is no reason to capture yet, in nanoseconds; for a guest that sleeps
   * between two questions.
   */
  default long outputDueInNs(long nowNs, GuestLoad load) {
    return 0;
  }

  /**
   * Whether a guest that is paused after its last capture ({@link CaptureKind#pausesGuest}) goes on
   * here after all, since the backup did not take it over. Asked right after each {@link
   * #captureDue} of a paused guest; what that wanted captured is asked for again.
   */
  default boolean goesOn() {
    return false;
  }

  /** Hands over a capture. The guest goes on at once (or stays paused after its last one). */
  void captured(Capture capture);

  /**
   * The guest runs on after a capture.
   *
   * @param pauseNs from its last instruction before the capture until now, {@link #captured} and
   *     whatever that woke included
   */
  void resumed(long pauseNs);

  /**
   * Output for a session at the backup's front that travels as a message of its own ({@code llm}),
   * right after the event that made it. False when the queue is full: the guest keeps it and offers
   * it again before its next event.
   */
  boolean offerOutput(
      long sessionId, org.agrona.DirectBuffer buffer, int offset, int length, long afterInput);

  /**
   * A copy of an input that reached the guest here, for the backup; any thread. Best effort: it is
   * dropped and counted where there is no link or the queue is full, and never sent again.
   *
   * @param sequence its number, growing
   * @param sessionId network interface of the guest, from 0
   * @return false if it was dropped
   */
  boolean offerMirrored(
      long sequence,
      long stampNs,
      long sessionId,
      org.agrona.DirectBuffer buffer,
      int offset,
      int length);

  /** The guest ended by itself (a clean shutdown) at the state of its next FINAL capture. */
  void guestEnded(String reason);

  /**
   * What the guest did since its last capture is not known as a whole any more (more disk writes in
   * one epoch than may be kept, say): this copy gets no further capture. The guest runs on and the
   * backup counts as lost; may be told again and again.
   */
  default void protectionBroken(String reason) {}

  /** The guest cannot go on: a local error, never a reason for a takeover by itself. */
  void guestFailed(Throwable cause);
}
