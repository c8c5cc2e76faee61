package org.understudy.protocol.wire;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Generation and link session of the current session: stamps outgoing messages and decides which
 * incoming ones belong to it. Pure.
 *
 * <p>When the register starts to name the backup, the generation grows in the middle of the
 * session. Both directions are ordered, so incoming messages of the old generation are accepted
 * until the first one of the new generation arrives.
 */
public final class SessionStamp {
  /** First template that is bound to a session. */
  static final int FIRST_BOUND_TEMPLATE = 10;

  private static final int GENERATION_OFFSET = 8;
  private static final int SESSION_OFFSET = 16;

  private long generation;
  private long acceptedGeneration;
  private long linkSession;
  private long offeredGeneration;
  private long offeredSession;
  private boolean admittedOffered;

  /**
   * Offers a session in a handshake: what arrives in it is accepted beside the current one, until
   * it is bound or another one is offered. A handshake that is repeated or late disturbs nothing.
   */
  public void offer(long newGeneration, long newLinkSession) {
    offeredGeneration = newGeneration;
    offeredSession = newLinkSession;
  }

  /** Link session of the message that was accepted last. */
  public long admittedSession() {
    return admittedOffered ? offeredSession : linkSession;
  }

  /** Generation of the session of the message that was accepted last. */
  public long admittedGeneration() {
    return admittedOffered ? offeredGeneration : generation;
  }

  /** Starts a session; messages of every other one are stale from now on. */
  public void bind(long newGeneration, long newLinkSession) {
    if (newLinkSession == 0) {
      throw new IllegalArgumentException("link session 0 means none");
    }
    generation = newGeneration;
    acceptedGeneration = newGeneration;
    linkSession = newLinkSession;
    admittedOffered = false;
    if (offeredSession == newLinkSession) {
      offeredSession = 0;
    }
  }

  /** The register names the backup: the session goes on in this generation. */
  public void advance(long newGeneration) {
    if (newGeneration <= generation) {
      throw new IllegalArgumentException(
          "generation " + newGeneration + " does not follow " + generation);
    }
    acceptedGeneration = generation;
    generation = newGeneration;
  }

  /** Ends the session: every session-bound message is stale until the next bind. */
  public void unbind() {
    linkSession = 0;
  }

  /** Whether there is a session. */
  public boolean isBound() {
    return linkSession != 0;
  }

  /** Generation of outgoing messages. */
  public long generation() {
    return generation;
  }

  /** Link session, 0 for none. */
  public long linkSession() {
    return linkSession;
  }

  /** Whether an incoming message belongs to the session. */
  public boolean accepts(long messageGeneration, long messageSession) {
    admittedOffered = isOffered(messageGeneration, messageSession);
    if (admittedOffered) {
      return true;
    }
    if (linkSession == 0 || messageSession != linkSession) {
      return false;
    }
    if (messageGeneration == generation) {
      acceptedGeneration = generation;
      return true;
    }
    return messageGeneration == acceptedGeneration;
  }

  private boolean isOffered(long messageGeneration, long messageSession) {
    return offeredSession != 0
        && messageSession == offeredSession
        && messageGeneration == offeredGeneration;
  }

  /** Writes generation and link session into an encoded session-bound message. */
  public void stamp(MutableDirectBuffer buffer, int offset) {
    buffer.putLong(offset + GENERATION_OFFSET, generation, ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(offset + SESSION_OFFSET, linkSession, ByteOrder.LITTLE_ENDIAN);
  }

  /** Writes those of another session: a goodbye in one that is over, or not bound any more. */
  static void stampAs(MutableDirectBuffer buffer, int offset, long generation, long linkSession) {
    buffer.putLong(offset + GENERATION_OFFSET, generation, ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(offset + SESSION_OFFSET, linkSession, ByteOrder.LITTLE_ENDIAN);
  }

  static long generationOf(DirectBuffer buffer, int offset) {
    return buffer.getLong(offset + GENERATION_OFFSET, ByteOrder.LITTLE_ENDIAN);
  }

  static long linkSessionOf(DirectBuffer buffer, int offset) {
    return buffer.getLong(offset + SESSION_OFFSET, ByteOrder.LITTLE_ENDIAN);
  }
}
