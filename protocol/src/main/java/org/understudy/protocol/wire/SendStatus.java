package org.understudy.protocol.wire;

/** What became of an offered message. */
public enum SendStatus {
  /** Taken; it arrives in order unless the session ends. */
  SENT,
  /** The link is full for the moment: end the duty cycle and offer it again in the next one. */
  BACK_PRESSURED,
  /** No peer is listening: offer it again after the peer is there, in a new session. */
  NOT_CONNECTED,
  /** The link is closed. */
  CLOSED;

  /** Whether the message was taken. */
  public boolean sent() {
    return this == SENT;
  }
}
