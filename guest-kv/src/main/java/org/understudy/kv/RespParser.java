package org.understudy.kv;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/**
 * Finds the next command of a RESP2 byte stream (a multibulk request or an inline command) in a
 * buffer. It keeps nothing between calls: an incomplete command is parsed again from its start when
 * more bytes are there. Its limits and error texts are those of Redis 7.0. Allocates nothing per
 * command.
 *
 * @see <a href="https://redis.io/docs/latest/develop/reference/protocol-spec/">RESP</a>
 */
public final class RespParser {
  /** Longest line: an inline command, or the header of a multibulk or of a bulk. */
  public static final int MAX_LINE_BYTES = 64 * 1024;

  /** Most arguments of one command; as Redis before 7.0, which takes any number. */
  public static final int MAX_ARGUMENTS = 1024 * 1024;

  /** What {@link #parse} found. */
  public enum Result {
    /** A command; it may have no arguments (an empty line, an empty multibulk): to be skipped. */
    COMMAND,
    /** The start of a command. */
    INCOMPLETE,
    /** Something that is no command; see {@link #error}. The rest of the stream has no meaning. */
    ERROR
  }

  private static final long INVALID = Long.MIN_VALUE;
  private static final int LONGEST_NUMBER = 20;

  private final int maxBulkBytes;
  private final InlineSplitter splitter = new InlineSplitter();
  private DirectBuffer argumentBuffer;
  private int[] argumentOffsets = new int[64];
  private int[] argumentLengths = new int[64];
  private int argumentCount;
  private int declaredArguments;
  private int pendingBulkBytes;
  private int next;
  private String error;
  private long number;

  /** A parser that refuses arguments longer than this. */
  public RespParser(int maxBulkBytes) {
    this.maxBulkBytes = maxBulkBytes;
  }

  /** Parses the command that starts at {@code from}; bytes end before {@code limit}. */
  public Result parse(DirectBuffer buffer, int from, int limit) {
    argumentCount = 0;
    declaredArguments = 0;
    pendingBulkBytes = -1;
    argumentBuffer = buffer;
    next = from;
    if (from >= limit) {
      return Result.INCOMPLETE;
    }
    return buffer.getByte(from) == '*'
        ? parseMultibulk(buffer, from, limit)
        : parseInline(buffer, from, limit);
  }

  /**
   * Parses the header of one bulk ({@code $n}) that starts at {@code from}. A complete one leaves
   * its length in {@link #pendingBulkBytes} and the position of its first byte in {@link #next}.
   */
  public Result parseBulkHeader(DirectBuffer buffer, int from, int limit) {
    int end = line(buffer, from, limit);
    if (end < 0) {
      return limit - from > MAX_LINE_BYTES
          ? fail("Protocol error: too big bulk count string")
          : Result.INCOMPLETE;
    }
    byte first = buffer.getByte(from);
    if (first != '$') {
      return fail("Protocol error: expected '$', got '" + printable(first) + "'");
    }
    if (number == INVALID || number < 0 || number > maxBulkBytes) {
      return fail("Protocol error: invalid bulk length");
    }
    pendingBulkBytes = (int) number;
    next = end + 2;
    return Result.COMMAND;
  }

  /** Arguments of the command; of an incomplete one those that are whole. */
  public int argumentCount() {
    return argumentCount;
  }

  /** Where an argument starts in {@link #argumentBuffer}. */
  public int argumentOffset(int index) {
    return argumentOffsets[index];
  }

  /** Bytes of an argument. */
  public int argumentLength(int index) {
    return argumentLengths[index];
  }

  /** What holds the arguments: the parsed buffer, or one of the parser for an inline command. */
  public DirectBuffer argumentBuffer() {
    return argumentBuffer;
  }

  /** Arguments that an incomplete multibulk announced; 0 if that much is not known. */
  public int declaredArguments() {
    return declaredArguments;
  }

  /** Announced length of the bulk whose header was parsed but whose bytes are not whole, or -1. */
  public int pendingBulkBytes() {
    return pendingBulkBytes;
  }

  /** Position after the command; of an incomplete one after what was understood. */
  public int next() {
    return next;
  }

  /** Redis's text for the last error, without {@code -ERR} and line end. */
  public String error() {
    return error;
  }

  private Result parseMultibulk(DirectBuffer buffer, int from, int limit) {
    int end = line(buffer, from, limit);
    if (end < 0) {
      return limit - from > MAX_LINE_BYTES
          ? fail("Protocol error: too big mbulk count string")
          : Result.INCOMPLETE;
    }
    if (number == INVALID || number > MAX_ARGUMENTS) {
      return fail("Protocol error: invalid multibulk length");
    }
    next = end + 2;
    if (number <= 0) {
      return Result.COMMAND;
    }
    declaredArguments = (int) number;
    while (argumentCount < declaredArguments) {
      Result header = parseBulkHeader(buffer, next, limit);
      if (header != Result.COMMAND) {
        return header;
      }
      // Like Redis, the two bytes after a bulk are not looked at.
      if (limit - next < pendingBulkBytes + 2L) {
        return Result.INCOMPLETE;
      }
      addArgument(next, pendingBulkBytes);
      next += pendingBulkBytes + 2;
      pendingBulkBytes = -1;
    }
    return Result.COMMAND;
  }

  private Result parseInline(DirectBuffer buffer, int from, int limit) {
    int end = from;
    while (end < limit && buffer.getByte(end) != '\n') {
      end++;
    }
    if (end - from > MAX_LINE_BYTES) {
      return fail("Protocol error: too big inline request");
    }
    if (end == limit) {
      return Result.INCOMPLETE;
    }
    next = end + 1;
    int lineEnd = end > from && buffer.getByte(end - 1) == '\r' ? end - 1 : end;
    argumentBuffer = splitter.unquoted();
    return splitter.split(buffer, from, lineEnd, this)
        ? Result.COMMAND
        : fail("Protocol error: unbalanced quotes in request");
  }

  /**
   * Finds the end of a header line and parses the number after its first byte into {@code number}.
   * Returns the position of its carriage return, or -1 while it or the byte after it is missing.
   */
  private int line(DirectBuffer buffer, int from, int limit) {
    int at = from + 1;
    long value = 0;
    int digitsLimit = Math.min(limit, from + 10);
    // Up to nine plain digits: every header of a client that is in order.
    while (at < digitsLimit) {
      int digit = buffer.getByte(at) - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      value = value * 10 + digit;
      at++;
    }
    int digits = at - from - 1;
    if (digits > 0
        && at + 1 < limit
        && buffer.getByte(at) == '\r'
        && (digits == 1 || buffer.getByte(from + 1) != '0')) {
      number = value;
      return at;
    }
    return oddLine(buffer, from, limit);
  }

  private int oddLine(DirectBuffer buffer, int from, int limit) {
    int end = from;
    while (end < limit && buffer.getByte(end) != '\r') {
      end++;
    }
    if (end + 1 >= limit) {
      // As Redis: a line is too long only while no carriage return was seen.
      return -1;
    }
    int length = end - from - 1;
    number = INVALID;
    if (length > 0 && length <= LONGEST_NUMBER && Decimal.isLong(buffer, from + 1, length)) {
      number = Decimal.value(buffer, from + 1, length);
    }
    return end;
  }

  void addArgument(int offset, int length) {
    if (argumentCount == argumentOffsets.length) {
      argumentOffsets = java.util.Arrays.copyOf(argumentOffsets, argumentCount * 2);
      argumentLengths = java.util.Arrays.copyOf(argumentLengths, argumentCount * 2);
    }
    argumentOffsets[argumentCount] = offset;
    argumentLengths[argumentCount++] = length;
  }

  private Result fail(String text) {
    error = text;
    return Result.ERROR;
  }

  private static String printable(byte value) {
    // Redis replaces line ends in error texts by spaces.
    return value == '\r' || value == '\n'
        ? " "
        : new String(new byte[] {value}, StandardCharsets.ISO_8859_1);
  }
}
