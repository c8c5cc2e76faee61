package org.understudy.service;

/** One event replied more than its limit: a service asks {@code replyBytesLeft} first. */
public final class ReplyLimitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Names the reply and what was left. */
  public ReplyLimitException(int replyBytes, int bytesLeft) {
    super(
        "a reply of "
            + replyBytes
            + " bytes exceeds the "
            + bytesLeft
            + " bytes left to this event; ask replyBytesLeft() first or raise the reply limit");
  }
}
