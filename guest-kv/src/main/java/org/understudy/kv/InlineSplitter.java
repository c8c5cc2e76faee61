package org.understudy.kv;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Splits an inline command into arguments by Redis's rules: blanks separate; double quotes know
 * {@code \n \r \t \b \a \xHH} and take any other escaped byte as it is; single quotes know {@code
 * \'}; a closing quote must be followed by a blank; a zero byte ends the line.
 */
final class InlineSplitter {
  private final MutableDirectBuffer unquoted =
      new UnsafeBuffer(new byte[RespParser.MAX_LINE_BYTES]);
  private DirectBuffer line;
  private int at;
  private int end;
  private int written;

  /** Holds the arguments of the last line. */
  DirectBuffer unquoted() {
    return unquoted;
  }

  /** Adds the arguments to the parser; false if quotes are not balanced. */
  boolean split(DirectBuffer buffer, int from, int limit, RespParser parser) {
    line = buffer;
    at = from;
    end = limit;
    written = 0;
    while (true) {
      while (isSpace(peek())) {
        at++;
      }
      if (peek() == 0) {
        return true;
      }
      int start = written;
      if (!argument()) {
        return false;
      }
      parser.addArgument(start, written - start);
    }
  }

  private boolean argument() {
    while (true) {
      int value = peek();
      switch (value) {
        case 0, ' ', '\n', '\r', '\t' -> {
          return true;
        }
        case '"' -> {
          at++;
          return doubleQuoted();
        }
        case '\'' -> {
          at++;
          return singleQuoted();
        }
        default -> {
          at++;
          write(value);
        }
      }
    }
  }

  private boolean doubleQuoted() {
    while (true) {
      int value = peek();
      if (value == 0) {
        return false;
      }
      at++;
      if (value == '"') {
        return isSpace(peek()) || peek() == 0;
      }
      write(value == '\\' && peek() != 0 ? escaped() : value);
    }
  }

  private boolean singleQuoted() {
    while (true) {
      int value = peek();
      if (value == 0) {
        return false;
      }
      at++;
      if (value == '\'') {
        return isSpace(peek()) || peek() == 0;
      }
      if (value == '\\' && peek() == '\'') {
        at++;
        value = '\'';
      }
      write(value);
    }
  }

  private int escaped() {
    int value = peek();
    at++;
    if (value == 'x' && hex(at) >= 0 && hex(at + 1) >= 0) {
      value = hex(at) << 4 | hex(at + 1);
      at += 2;
      return value;
    }
    return switch (value) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'b' -> '\b';
      case 'a' -> 7;
      default -> value;
    };
  }

  private int hex(int position) {
    byte value = position < end ? line.getByte(position) : 0;
    return value > 0 ? Character.digit((char) value, 16) : -1;
  }

  /** The current byte; 0 at the end of the line. */
  private int peek() {
    return at < end ? line.getByte(at) & 0xff : 0;
  }

  private void write(int value) {
    unquoted.putByte(written++, (byte) value);
  }

  private static boolean isSpace(int value) {
    return value == ' ' || value >= '\t' && value <= '\r';
  }
}
