package org.understudy.protocol.wire;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.understudy.protocol.codecs.HelloRejectDecoder;
import org.understudy.protocol.codecs.MessageHeaderDecoder;

/**
 * Checks that a message has the shape that the schema gives it, so that no decoder can read outside
 * of it: header, template, fixed block, group counts and lengths, and that nothing is left over. A
 * newer peer may append to blocks and messages; the same version must fit to the byte.
 */
final class MessageCheck {
  private static final int HEADER = MessageHeaderDecoder.ENCODED_LENGTH;
  private static final int GROUP_HEADER = 4;

  private DirectBuffer buffer;
  private int start;
  private int length;
  private int at;
  private int badOffset;
  private String reason;
  private long expected;
  private long actual;

  /** Whether the message is well formed; if not, {@link #toBadMessage} says why. */
  boolean check(DirectBuffer message, int offset, int messageLength) {
    buffer = message;
    start = offset;
    length = messageLength;
    at = 0;
    if (length < HEADER) {
      return bad(0, "shorter than its header", HEADER, length);
    }
    if (length > WireLimits.MAX_MESSAGE_BYTES) {
      return bad(0, "longer than any message", WireLimits.MAX_MESSAGE_BYTES, length);
    }
    int blockLength = u16(0);
    int schemaId = u16(4);
    int version = u16(6);
    if (schemaId != MessageHeaderDecoder.SCHEMA_ID) {
      return bad(4, "another schema", MessageHeaderDecoder.SCHEMA_ID, schemaId);
    }
    boolean isForAll = u16(2) == HelloRejectDecoder.TEMPLATE_ID;
    if (version < (isForAll ? 1 : WireLimits.MIN_VERSION)) {
      return bad(6, "unknown version", WireLimits.MIN_VERSION, version);
    }
    MessageShape shape = MessageShape.of(u16(2));
    if (shape == null) {
      return bad(2, "unknown template", 0, u16(2));
    }
    return checkBody(shape, blockLength, version > WireLimits.VERSION);
  }

  private boolean checkBody(MessageShape shape, int blockLength, boolean newer) {
    if (blockLength < shape.blockLength() || (!newer && blockLength > shape.blockLength())) {
      return bad(0, "block length of " + shape.name(), shape.blockLength(), blockLength);
    }
    at = HEADER;
    if (!take(blockLength, "fixed fields")) {
      return false;
    }
    if (shape.entryLength() > 0 && !checkRegions(shape.entryLength(), newer)) {
      return false;
    }
    for (int i = 0, size = shape.data().size(); i < size; i++) {
      if (!checkData(shape.data().get(i))) {
        return false;
      }
    }
    return newer || at == length || bad(at, "bytes behind the message", at, length);
  }

  private boolean checkRegions(int entryLength, boolean newer) {
    int header = at;
    if (!take(GROUP_HEADER, "group header")) {
      return false;
    }
    int entry = u16(header);
    int count = u16(header + 2);
    if (entry < entryLength || (!newer && entry > entryLength)) {
      return bad(header, "block length of a group entry", entryLength, entry);
    }
    if (count < 1 || count > WireLimits.MAX_REGIONS) {
      return bad(header + 2, "number of regions", WireLimits.MAX_REGIONS, count);
    }
    for (int i = 0; i < count; i++) {
      if (!take(entry, "region") || !checkData(MessageShape.REGION_NAME)) {
        return false;
      }
    }
    return true;
  }

  private boolean checkData(MessageShape.Data data) {
    int prefix = at;
    if (!take(data.prefixBytes(), data.name())) {
      return false;
    }
    long bytes = data.prefixBytes() == Short.BYTES ? u16(prefix) : u32(prefix);
    if (bytes < data.min() || bytes > data.max()) {
      long limit = bytes < data.min() ? data.min() : data.max();
      return bad(prefix, "length of " + data.name(), limit, bytes);
    }
    return take((int) bytes, data.name());
  }

  /** Moves on by so many bytes, if they are there. */
  private boolean take(int bytes, String what) {
    if (bytes > length - at) {
      return bad(at, what + " cut off", bytes, (long) length - at);
    }
    at += bytes;
    return true;
  }

  /** Notes what is wrong; always false. */
  boolean bad(int offset, String why, long wanted, long found) {
    badOffset = offset;
    reason = why;
    expected = wanted;
    actual = found;
    return false;
  }

  BadMessage toBadMessage() {
    int template = length < HEADER ? -1 : u16(2);
    return new BadMessage(template, badOffset, reason, expected, actual);
  }

  private int u16(int offset) {
    return Short.toUnsignedInt(buffer.getShort(start + offset, ByteOrder.LITTLE_ENDIAN));
  }

  private long u32(int offset) {
    return Integer.toUnsignedLong(buffer.getInt(start + offset, ByteOrder.LITTLE_ENDIAN));
  }
}
