package org.understudy.lab.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.understudy.lab.judge.Reply;

/** Takes replies out of a stream of bytes as they arrive; keeps what is incomplete. */
public final class ReplyParser {
  /** Longest line of a status, error, integer or length. */
  static final int MAX_LINE = 64 << 10;

  /** Longest bulk reply: what the sample can store. */
  static final int MAX_BULK = 512 << 20;

  /** Takes one reply. */
  public interface Consumer {
    /** The next reply of the stream. */
    void onReply(Reply reply);
  }

  private byte[] pending = new byte[4096];
  private int length;

  /** Adds received bytes and hands over each reply that is complete now. */
  public void receive(ByteBuffer received, Consumer consumer) {
    append(received);
    int at = 0;
    while (at < length) {
      int next = parseOne(at, consumer);
      if (next < 0) {
        break;
      }
      at = next;
    }
    System.arraycopy(pending, at, pending, 0, length - at);
    length -= at;
  }

  private void append(ByteBuffer received) {
    int count = received.remaining();
    if (pending.length - length < count) {
      pending = java.util.Arrays.copyOf(pending, Math.max(pending.length * 2, length + count));
    }
    received.get(pending, length, count);
    length += count;
  }

  /** Offset after the reply; -1 if it is not complete yet. */
  private int parseOne(int at, Consumer consumer) {
    int end = at + 1;
    while (end < length && pending[end] != '\n') {
      end++;
    }
    if (end >= length) {
      if (end - at > MAX_LINE) {
        throw new IllegalStateException("reply line longer than " + MAX_LINE + " bytes");
      }
      return -1;
    }
    int lineEnd = end > at + 1 && pending[end - 1] == '\r' ? end - 1 : end;
    switch (pending[at]) {
      case '+' -> consumer.onReply(Reply.status(text(at + 1, lineEnd)));
      case '-' -> consumer.onReply(Reply.error(text(at + 1, lineEnd)));
      case ':' -> consumer.onReply(Reply.integer(number(at + 1, lineEnd)));
      case '$' -> {
        return bulk(number(at + 1, lineEnd), end + 1, consumer);
      }
      default -> throw new IllegalStateException("reply begins with byte " + pending[at]);
    }
    return end + 1;
  }

  private int bulk(long bytes, int from, Consumer consumer) {
    if (bytes == -1) {
      consumer.onReply(Reply.NIL);
      return from;
    }
    if (bytes < 0 || bytes > MAX_BULK) {
      throw new IllegalStateException("bulk reply of " + bytes + " bytes");
    }
    int end = from + (int) bytes;
    if (end + 2 > length) {
      return -1;
    }
    consumer.onReply(Reply.bulk(java.util.Arrays.copyOfRange(pending, from, end)));
    return end + 2;
  }

  private String text(int from, int to) {
    return new String(pending, from, to - from, StandardCharsets.ISO_8859_1);
  }

  private long number(int from, int to) {
    try {
      return Long.parseLong(text(from, to));
    } catch (NumberFormatException e) {
      throw new IllegalStateException("reply with number '" + text(from, to) + "'", e);
    }
  }
}
