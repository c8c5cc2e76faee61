package org.understudy.kv;

import java.nio.charset.StandardCharsets;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.service.ServiceContext;

/**
 * Writes replies of one event for one session, in the version that its client speaks; hands them to
 * the runtime in few pieces. A reply that may be long asks {@link #fits} before anything is
 * changed: what exceeds the limit of a whole event becomes an error, what exceeds only the rest of
 * it is answered in the next event.
 */
final class ReplyWriter {
  /** Every command has this much room without asking. */
  static final int RESERVE_BYTES = 16 * 1024;

  private static final int BUFFER_BYTES = 64 * 1024;

  /** Longer values go to the runtime without another copy. */
  private static final int MAX_COPIED_BYTES = 8 * 1024;

  private static final int LONGEST_HEADER_BYTES = 32;

  static final byte[] OK = bytes("+OK\r\n");
  static final byte[] PONG = bytes("+PONG\r\n");
  private static final byte[] NULL = bytes("$-1\r\n");
  private static final byte[] NULL_ARRAY = bytes("*-1\r\n");
  private static final byte[] NULL_3 = bytes("_\r\n");
  static final byte[] ZERO = bytes(":0\r\n");
  static final byte[] ONE = bytes(":1\r\n");
  static final byte[] STRING = bytes("+string\r\n");
  static final byte[] NONE = bytes("+none\r\n");
  static final byte[] EMPTY_ARRAY = bytes("*0\r\n");
  static final byte[] OUT_OF_MEMORY =
      bytes("-OOM command not allowed when used memory > 'maxmemory'.\r\n");
  static final byte[] SYNTAX = bytes("-ERR syntax error\r\n");
  static final byte[] NO_INTEGER = bytes("-ERR value is not an integer or out of range\r\n");
  static final byte[] OVERFLOW = bytes("-ERR increment or decrement would overflow\r\n");

  private final ServiceContext context;
  private final MutableDirectBuffer out = new UnsafeBuffer(new byte[BUFFER_BYTES]);
  private int length;
  private long sessionId;
  private boolean replied;
  private boolean deferred;
  private boolean resp3;
  private boolean muted;

  ReplyWriter(ServiceContext context) {
    this.context = context;
  }

  /**
   * Refuses a runtime whose limit is too small for the replies that are not asked for.
   *
   * @throws IllegalStateException naming the limit
   */
  void requireRoom() {
    if (context.replyBytesLeft() < 2 * RESERVE_BYTES) {
      throw new IllegalStateException(
          "the limit of "
              + context.replyBytesLeft()
              + " reply bytes per event is too small for the key-value service, which needs "
              + 2 * RESERVE_BYTES);
    }
  }

  /** Begins the replies of an event. */
  void begin(long newSessionId) {
    sessionId = newSessionId;
    length = 0;
    replied = false;
    deferred = false;
    muted = false;
  }

  /** The version of the protocol from here on. */
  void resp3(boolean on) {
    resp3 = on;
  }

  /** What is written from here on is dropped, or is not. */
  void muted(boolean on) {
    flush();
    muted = on;
  }

  /** Hands over what is written. */
  void flush() {
    if (muted) {
      length = 0;
    } else if (length > 0) {
      context.reply(sessionId, out, 0, length);
      length = 0;
    }
  }

  /** Whether another command may be run in this event. */
  boolean hasRoom() {
    return !replied || left() >= RESERVE_BYTES;
  }

  /**
   * Whether a reply of so many bytes can be written now. If not, an error has been written, or the
   * command has to be run again ({@link #isDeferred}).
   */
  boolean fits(long bytes) {
    if (muted || bytes <= RESERVE_BYTES || bytes <= left()) {
      return true;
    }
    if (replied) {
      deferred = true;
    } else {
      error(
          "ERR reply of "
              + bytes
              + " bytes exceeds the limit of "
              + left()
              + " bytes for the replies of one event");
    }
    return false;
  }

  /** The last command could not reply in this event: it has changed nothing and must run again. */
  boolean isDeferred() {
    return deferred;
  }

  /** A reply made before. */
  void raw(byte[] reply) {
    reserve(reply.length);
    out.putBytes(length, reply);
    length += reply.length;
  }

  /** No value. */
  void nothing() {
    raw(resp3 ? NULL_3 : NULL);
  }

  /** No array. */
  void noArray() {
    raw(resp3 ? NULL_3 : NULL_ARRAY);
  }

  void ok() {
    raw(OK);
  }

  void integer(long value) {
    if (value == 1) {
      raw(ONE);
    } else {
      header(':', value);
    }
  }

  /** An error with its code, for example {@code ERR syntax error}; line ends become blanks. */
  void error(String text) {
    raw(bytes("-" + text.replace('\r', ' ').replace('\n', ' ') + "\r\n"));
  }

  void array(long elements) {
    header('*', elements);
  }

  /** So many pairs of name and value follow. */
  void map(long pairs) {
    header(resp3 ? '%' : '*', resp3 ? pairs : 2 * pairs);
  }

  /** So many elements follow, each once. */
  void set(long elements) {
    header(resp3 ? '~' : '*', elements);
  }

  /** A text for people. */
  void verbatim(String text) {
    if (resp3) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      header('=', bytes.length + 4L);
      raw(bytes("txt:"));
      raw(bytes);
      reserve(2);
      lineEnd();
    } else {
      bulk(text);
    }
  }

  /** A bulk of ASCII text. */
  void bulk(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    header('$', bytes.length);
    reserve(bytes.length + 2);
    out.putBytes(length, bytes);
    length += bytes.length;
    lineEnd();
  }

  /** A bulk that holds a number. */
  void bulkOfNumber(long value) {
    bulk(Long.toString(value));
  }

  /** A bulk that lies in protected memory. */
  void bulk(long memoryOffset, int bytes) {
    header('$', bytes);
    if (bytes <= MAX_COPIED_BYTES) {
      reserve(bytes + 2);
      context.memory().getBytes(memoryOffset, out, length, bytes);
      length += bytes;
    } else {
      flush();
      if (!muted) {
        context.replyFromMemory(sessionId, memoryOffset, bytes);
      }
      reserve(2);
    }
    lineEnd();
  }

  /** A bulk that is an argument of the command. */
  void bulk(CommandArguments arguments, int index) {
    int bytes = arguments.length(index);
    header('$', bytes);
    if (bytes <= MAX_COPIED_BYTES) {
      reserve(bytes + 2);
      arguments.copyTo(index, out, length, bytes);
      length += bytes;
    } else {
      flush();
      if (!muted) {
        arguments.reply(index, context, sessionId);
      }
      reserve(2);
    }
    lineEnd();
  }

  /** Bytes of a bulk reply with so many bytes of content. */
  static long bulkBytes(long content) {
    return content + LONGEST_HEADER_BYTES;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private void header(char kind, long value) {
    reserve(LONGEST_HEADER_BYTES);
    out.putByte(length, (byte) kind);
    length += 1 + Decimal.put(out, length + 1, value);
    lineEnd();
  }

  private void lineEnd() {
    out.putByte(length, (byte) '\r');
    out.putByte(length + 1, (byte) '\n');
    length += 2;
  }

  private void reserve(int bytes) {
    replied = true;
    if (length + bytes > BUFFER_BYTES) {
      flush();
    }
  }

  private long left() {
    return context.replyBytesLeft() - length;
  }
}
