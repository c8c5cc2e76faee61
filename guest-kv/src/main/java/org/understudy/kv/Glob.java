package org.understudy.kv;

import java.util.function.IntUnaryOperator;
import org.understudy.service.memory.ProtectedMemory;

/**
 * Redis's glob patterns over keys: {@code * ? [abc] [^a-c] \x}. A star goes back to the last star
 * only, so that no pattern takes more than pattern times key steps.
 */
final class Glob {
  private byte[] pattern = new byte[64];
  private int length;
  private int at;

  /** Takes the pattern from an argument. */
  void compile(CommandArguments arguments, int index) {
    length = arguments.length(index);
    if (pattern.length < length) {
      pattern = new byte[length];
    }
    arguments.copyTo(index, new org.agrona.concurrent.UnsafeBuffer(pattern), 0, length);
  }

  /** A pattern that matches everything. */
  void matchAll() {
    length = 1;
    pattern[0] = '*';
  }

  /** Whether a lower-case word matches the pattern of an argument, in any case. */
  static boolean matches(CommandArguments arguments, int index, String word) {
    Glob glob = new Glob();
    glob.compile(arguments, index);
    for (int i = 0; i < glob.length; i++) {
      glob.pattern[i] = (byte) CommandArguments.lower(glob.pattern[i]);
    }
    return glob.matches(position -> word.charAt(position), word.length());
  }

  /** Whether the key that lies there matches. */
  boolean matches(ProtectedMemory memory, long key, int keyLength) {
    return length == 1 && pattern[0] == '*'
        || matches(position -> memory.getByte(key + position) & 0xff, keyLength);
  }

  private boolean matches(IntUnaryOperator text, int textLength) {
    at = 0;
    int position = 0;
    int afterStar = -1;
    int starPosition = 0;
    while (position < textLength) {
      if (at < length && pattern[at] == '*') {
        afterStar = ++at;
        starPosition = position;
      } else if (at < length && matchesOne(text.applyAsInt(position))) {
        position++;
      } else if (afterStar >= 0) {
        at = afterStar;
        position = ++starPosition;
      } else {
        return false;
      }
    }
    while (textLength > 0 && at < length && pattern[at] == '*') {
      at++;
    }
    return at == length;
  }

  /** Matches one byte and moves behind what it was matched with. */
  private boolean matchesOne(int value) {
    switch (pattern[at]) {
      case '?' -> {
        at++;
        return true;
      }
      case '[' -> {
        return matchesClass(value);
      }
      case '\\' -> {
        if (at + 1 < length) {
          at++;
        }
        return (pattern[at++] & 0xff) == value;
      }
      default -> {
        return (pattern[at++] & 0xff) == value;
      }
    }
  }

  /** As in Redis, bytes of a range count as signed. */
  private boolean matchesClass(int value) {
    at++;
    boolean negated = at < length && pattern[at] == '^';
    if (negated) {
      at++;
    }
    boolean found = false;
    // A class without its closing bracket goes to the end of the pattern.
    while (at < length && pattern[at] != ']') {
      if (pattern[at] == '\\' && at + 1 < length) {
        found |= (pattern[at + 1] & 0xff) == value;
        at += 2;
      } else if (at + 2 < length && pattern[at + 1] == '-') {
        int first = pattern[at];
        int last = pattern[at + 2];
        found |= (byte) value >= Math.min(first, last) && (byte) value <= Math.max(first, last);
        at += 3;
      } else {
        found |= (pattern[at] & 0xff) == value;
        at++;
      }
    }
    at = Math.min(at + 1, length);
    return found != negated;
  }
}
