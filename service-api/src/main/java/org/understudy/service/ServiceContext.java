package org.understudy.service;

import org.agrona.DirectBuffer;
import org.understudy.service.memory.Allocator;
import org.understudy.service.memory.ProtectedMemory;

/**
 * What a service may use while it handles an event. One object for the whole life of a service
 * object; usable only inside its callbacks.
 */
public interface ServiceContext {
  /** Number of root slots. */
  int ROOTS = 64;

  /** The memory that is replicated. Write only to what {@link #allocator} gave. */
  ProtectedMemory memory();

  /** Allocates in {@link #memory}. */
  Allocator allocator();

  /** Timers. */
  Timers timers();

  /** Stamp of the current event (of the last one during {@link Service#restore}). */
  long stampNs();

  /** One of the 64 words from which a service finds its data again; 0 until set. */
  long root(int slot);

  /** Sets a root slot. */
  void setRoot(int slot, long value);

  /**
   * Queues reply bytes for a session (copied). Unknown and closed sessions are ignored.
   *
   * @throws ReplyLimitException if this event's replies would exceed {@link #replyBytesLeft}
   */
  void reply(long sessionId, DirectBuffer buffer, int offset, int length);

  /**
   * Queues reply bytes that lie in protected memory (copied).
   *
   * @throws ReplyLimitException if this event's replies would exceed {@link #replyBytesLeft}
   */
  void replyFromMemory(long sessionId, long memoryOffset, int length);

  /** Bytes that this event may still reply, over all sessions. */
  int replyBytesLeft();

  /**
   * Makes the runtime call {@link Service#onInput} again for the same session, before any other
   * event, with the bytes that were left: for a service that stops because of {@link
   * #replyBytesLeft}. Only inside {@code onInput}. The length may then be 0.
   */
  void continueInput();

  /**
   * Closes a session after the replies queued so far. {@link Service#onSessionClosed} follows as an
   * event of its own; no more input of it arrives.
   */
  void closeSession(long sessionId);

  /** Whether the session is open. */
  boolean isOpen(long sessionId);

  /** Open sessions. */
  int sessions();

  /** The word that a service keeps for a session; 0 until set and for unknown sessions. */
  long sessionWord(long sessionId);

  /** Sets the word of an open session; ignored for unknown ones. */
  void setSessionWord(long sessionId, long value);
}
