package org.understudy.service.front;

import java.util.function.LongConsumer;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.guest.ClientFront.SentReplies;

/**
 * What a front has to know of a takeover: which replies were sent before, and when the first was.
 */
final class ReplySuppression {
  /** A session is answered differently from before. */
  static final int DIFFERENT = -1;

  private static final Logger LOG = LoggerFactory.getLogger("understudy.takeover");

  /** Set before the guest's thread starts, and cleared by another thread while it is at rest. */
  private volatile SentReplies before;

  private LongConsumer firstReply;
  private boolean hasReplied;

  void start(SentReplies sentReplies, LongConsumer firstReplyListener) {
    before = sentReplies;
    firstReply = firstReplyListener;
    hasReplied = false;
  }

  void end() {
    before = null;
  }

  /** How many of the first bytes of a reply were sent before, or {@link #DIFFERENT}. */
  int sentBefore(long sessionId, DirectBuffer buffer, int offset, int length) {
    SentReplies sentReplies = before;
    int sent = sentReplies == null ? 0 : sentReplies.suppress(sessionId, buffer, offset, length);
    if (sent == DIFFERENT) {
      LOG.error(
          "replay answered session {} differently from before: the session is closed", sessionId);
    }
    hasReplied |= sent != DIFFERENT && sent < length;
    return sent;
  }

  /** What was queued has been written as far as sockets take it. */
  void flushed() {
    if (hasReplied && firstReply != null) {
      firstReply.accept(System.nanoTime());
      firstReply = null;
    }
  }
}
