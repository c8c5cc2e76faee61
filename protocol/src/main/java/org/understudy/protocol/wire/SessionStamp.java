package org.understudy.protocol.wire;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Generation and link session that outgoing messages are stamped with. What arrives is judged by
 * the session of the node, see {@link MessageListener#admits}. Pure.
 */
public final class SessionStamp {
  /** First template that is bound to a session. */
  static final int FIRST_BOUND_TEMPLATE = 10;

  private static final int GENERATION_OFFSET = 8;
  private static final int SESSION_OFFSET = 16;

  private long generation;
  private long linkSession;

  /** What is sent from now on belongs to this session in this generation. */
  public void bind(long newGeneration, long newLinkSession) {
    if (newLinkSession == 0) {
      throw new IllegalArgumentException("link session 0 means none");
    }
    generation = newGeneration;
    linkSession = newLinkSession;
  }

  /** Ends the session: every node drops what is sent until the next bind. */
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
