package org.understudy.service;

import org.agrona.DirectBuffer;

/**
 * A service that Understudy protects: single-threaded, driven by events, with all of its state in
 * protected memory.
 *
 * <p>The clock of a service is the stamp of the event it handles, in nanoseconds, never decreasing,
 * and going on from the last value after a takeover; it has no relation to the wall clock. An
 * object of this type may be thrown away between any two events and replaced by a new one that is
 * given the same memory through {@link #restore}: fields may hold only what can be found again
 * there. A service that reads no other clock, no random numbers and no identity hashes is
 * deterministic and may declare it.
 *
 * <p>An exception that escapes from any method ends the guest: what was half done cannot be undone.
 */
public interface Service {
  /** First start on empty memory. Called once in the life of a guest. */
  void start(ServiceContext context);

  /**
   * Goes on from the memory of an earlier instance, between two of its events; never together with
   * {@link #start}. Must not change memory.
   */
  void restore(ServiceContext context);

  /** A client connected. */
  default void onSessionOpened(long sessionId, long stampNs) {}

  /**
   * Bytes from a client: what the service left of the last input of this session, followed by what
   * came now. The buffer is valid during the call.
   *
   * @return bytes consumed, 0 to {@code length}. The rest is kept in protected memory and comes
   *     again in front of the next input; a rest longer than the remainder limit (64 KiB by
   *     default) closes the session, unless {@link ServiceContext#continueInput} was called. A
   *     service that handles longer values takes them in chunks and keeps its progress behind the
   *     session's word.
   */
  int onInput(long sessionId, long stampNs, DirectBuffer buffer, int offset, int length);

  /**
   * A client is gone, or {@link ServiceContext#closeSession} took effect. The session's word can
   * still be read; replies are dropped.
   */
  default void onSessionClosed(long sessionId, long stampNs) {}

  /** A timer is due. It is no longer scheduled when this is called. */
  default void onTimer(long timerId, long stampNs) {}
}
