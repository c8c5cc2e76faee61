package org.understudy.kv;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.service.ServiceContext;
import org.understudy.service.memory.ProtectedMemory;

/**
 * The arguments of the command at hand, wherever they are: in the bytes of the event, or (a long
 * command that came in pieces) in protected memory. Valid until the command is done.
 */
final class CommandArguments {
  private final ProtectedMemory memory;
  private final KeyHash hash = new KeyHash();
  private final UnsafeBuffer number = new UnsafeBuffer(new byte[Decimal.MAX_BYTES]);
  private RespParser parser;
  private DirectBuffer buffer;
  private CommandStream stream;
  private int count;

  CommandArguments(ProtectedMemory memory) {
    this.memory = memory;
  }

  void wrap(RespParser parsed) {
    parser = parsed;
    buffer = parsed.argumentBuffer();
    stream = null;
    count = parsed.argumentCount();
  }

  void wrap(CommandStream streamed) {
    stream = streamed;
    count = streamed.argumentCount();
  }

  int count() {
    return count;
  }

  int length(int index) {
    return stream == null ? parser.argumentLength(index) : stream.argumentLength(index);
  }

  byte byteAt(int index, int position) {
    return stream == null
        ? buffer.getByte(parser.argumentOffset(index) + position)
        : memory.getByte(stream.argumentOffset(index) + position);
  }

  /** Copies an argument into protected memory. */
  void copyTo(int index, long target) {
    if (stream == null) {
      memory.putBytes(target, buffer, parser.argumentOffset(index), parser.argumentLength(index));
    } else {
      memory.copy(stream.argumentOffset(index), target, stream.argumentLength(index));
    }
  }

  /** Copies the first bytes of an argument out. */
  void copyTo(int index, MutableDirectBuffer target, int offset, int length) {
    if (stream == null) {
      target.putBytes(offset, buffer, parser.argumentOffset(index), length);
    } else {
      memory.getBytes(stream.argumentOffset(index), target, offset, length);
    }
  }

  /** Replies with the bytes of an argument. */
  void reply(int index, ServiceContext context, long sessionId) {
    if (stream == null) {
      context.reply(sessionId, buffer, parser.argumentOffset(index), length(index));
    } else {
      context.replyFromMemory(sessionId, stream.argumentOffset(index), length(index));
    }
  }

  /** An argument for an error text: at most {@code limit} bytes, ended by a zero byte. */
  String text(int index, int limit) {
    StringBuilder text = new StringBuilder();
    int length = Math.min(limit, length(index));
    for (int i = 0; i < length && byteAt(index, i) != 0; i++) {
      text.append((char) (byteAt(index, i) & 0xff));
    }
    return text.toString();
  }

  /** Whether protected memory holds the bytes of an argument there. */
  boolean equalsMemory(int index, long offset) {
    return stream == null
        ? memory.equal(offset, buffer, parser.argumentOffset(index), parser.argumentLength(index))
        : memory.equal(offset, stream.argumentOffset(index), stream.argumentLength(index));
  }

  /** Whether an argument is this word of lower-case letters, in any case. */
  boolean is(int index, String lowerCase) {
    int length = lowerCase.length();
    if (length(index) != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (lower(byteAt(index, i)) != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  static int lower(byte value) {
    return value >= 'A' && value <= 'Z' ? value | 0x20 : value;
  }

  /**
   * A short argument as a word that can be looked up: its bytes, letters in lower case, the first
   * in the lowest byte. 0 if it is empty, longer than 8 bytes, or has a zero byte, which would be
   * taken for the end of a shorter one.
   */
  long name(int index) {
    int length = length(index);
    if (length > Long.BYTES) {
      return 0;
    }
    long name = 0;
    for (int i = 0; i < length; i++) {
      byte letter = byteAt(index, i);
      if (letter == 0) {
        return 0;
      }
      name |= (long) (lower(letter) & 0xff) << (i * Byte.SIZE);
    }
    return name;
  }

  boolean isLong(int index) {
    int length = length(index);
    if (length > Decimal.MAX_BYTES) {
      return false;
    }
    if (stream == null) {
      return Decimal.isLong(buffer, parser.argumentOffset(index), length);
    }
    copyTo(index, number, 0, length);
    return Decimal.isLong(number, 0, length);
  }

  /** The number that an argument is; only after {@link #isLong}. */
  long longValue(int index) {
    if (stream == null) {
      return Decimal.value(buffer, parser.argumentOffset(index), length(index));
    }
    copyTo(index, number, 0, length(index));
    return Decimal.value(number, 0, length(index));
  }

  /** Both nodes and every run of a guest hash with the same seed, which lies in its memory. */
  void hashSeed(long first, long second) {
    hash.seed(first, second);
  }

  /** Hash of an argument, 32 bits. */
  int hash(int index) {
    int length = length(index);
    hash.begin();
    int at = 0;
    if (stream == null) {
      int offset = parser.argumentOffset(index);
      for (; at <= length - Long.BYTES; at += Long.BYTES) {
        hash.word(buffer.getLong(offset + at, ByteOrder.LITTLE_ENDIAN));
      }
    } else {
      long offset = stream.argumentOffset(index);
      for (; at <= length - Long.BYTES; at += Long.BYTES) {
        hash.word(memory.getLong(offset + at));
      }
    }
    long rest = 0;
    for (int shift = 0; at < length; at++, shift += Byte.SIZE) {
      rest |= (byteAt(index, at) & 0xffL) << shift;
    }
    long all = hash.end(rest, length);
    return (int) (all ^ all >>> 32);
  }

  /** Whether a long argument lies in an allocation of its own, which can become a value. */
  boolean isAdoptable(int index) {
    return stream != null && length(index) > Entries.MAX_INLINE_VALUE_BYTES;
  }

  /** Where an adoptable argument lies. */
  long memoryOffset(int index) {
    return stream.argumentOffset(index);
  }

  /** Takes an adoptable argument's allocation out of the command. */
  void adopt(int index) {
    stream.adopt(index);
  }
}
