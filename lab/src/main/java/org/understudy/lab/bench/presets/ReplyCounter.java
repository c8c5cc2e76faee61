package org.understudy.lab.bench.presets;

import java.nio.ByteBuffer;

/**
 * Counts RESP replies in a stream without keeping them; knows status, error, integer and bulk
 * replies, which is all that the recorded load asks for.
 */
final class ReplyCounter {
  private int skip;
  private boolean inLine;
  private boolean negative;
  private byte kind;
  private long number;
  private long errors;

  /** Consumes the bytes; returns how many replies ended in them. */
  int count(ByteBuffer received) {
    int ended = 0;
    while (received.hasRemaining()) {
      if (skip > 0) {
        int step = Math.min(skip, received.remaining());
        received.position(received.position() + step);
        skip -= step;
        ended += skip == 0 ? 1 : 0;
      } else if (onByte(received.get())) {
        ended++;
      }
    }
    return ended;
  }

  /** True if this byte ends a reply. */
  private boolean onByte(byte next) {
    if (!inLine) {
      begin(next);
      return false;
    }
    if (next == '\n') {
      inLine = false;
      return endOfLine();
    }
    if (next == '-') {
      negative = true;
    } else if (kind == '$' && next >= '0' && next <= '9') {
      number = number * 10 + next - '0';
    }
    return false;
  }

  private void begin(byte first) {
    if ("+-:$".indexOf(first) < 0) {
      throw new IllegalStateException("reply begins with byte " + first);
    }
    kind = first;
    inLine = true;
    negative = false;
    number = 0;
    errors += first == '-' ? 1 : 0;
  }

  private boolean endOfLine() {
    if (kind == '$' && !negative) {
      skip = (int) number + 2;
      return false;
    }
    return true;
  }

  /** Error replies so far. */
  long errors() {
    return errors;
  }
}
