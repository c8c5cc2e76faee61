package org.understudy.protocol.wire;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.understudy.protocol.codecs.HelloDecoder;
import org.understudy.protocol.codecs.HelloReplyDecoder;
import org.understudy.protocol.codecs.MessageHeaderDecoder;

/**
 * A handshake message of a program that speaks none of the versions of the protocol that this one
 * does. Only what stays in its place in all versions is read of it.
 *
 * @param fromBackup whether it was a Hello, else a HelloReply
 * @param helloId number of the attempt
 * @param incarnation random number of the sender's process start
 * @param minVersion lowest version that the sender speaks
 * @param maxVersion highest version that the sender speaks
 */
public record OtherVersion(
    boolean fromBackup, long helloId, long incarnation, int minVersion, int maxVersion) {
  private static final int HEADER = MessageHeaderDecoder.ENCODED_LENGTH;
  private static final int BLOCK_LENGTH_OFFSET = 0;
  private static final int TEMPLATE_OFFSET = 2;
  private static final int SCHEMA_OFFSET = 4;
  private static final int VERSION_OFFSET = 6;

  /** Null if the message is no handshake, or of a version that may be understood. */
  static OtherVersion of(DirectBuffer buffer, int offset, int length) {
    if (length < HEADER
        || u16(buffer, offset + SCHEMA_OFFSET) != MessageHeaderDecoder.SCHEMA_ID
        || u16(buffer, offset + TEMPLATE_OFFSET) > HelloReplyDecoder.TEMPLATE_ID) {
      return null;
    }
    int block = Math.min(u16(buffer, offset + BLOCK_LENGTH_OFFSET), length - HEADER);
    int at = offset + HEADER;
    OtherVersion found = null;
    if (u16(buffer, offset + TEMPLATE_OFFSET) == HelloDecoder.TEMPLATE_ID
        && block >= HelloDecoder.maxVersionEncodingOffset() + Short.BYTES) {
      found =
          new OtherVersion(
              true,
              i64(buffer, at + HelloDecoder.helloIdEncodingOffset()),
              i64(buffer, at + HelloDecoder.incarnationEncodingOffset()),
              u16(buffer, at + HelloDecoder.minVersionEncodingOffset()),
              u16(buffer, at + HelloDecoder.maxVersionEncodingOffset()));
    } else if (u16(buffer, offset + TEMPLATE_OFFSET) == HelloReplyDecoder.TEMPLATE_ID
        && block >= HelloReplyDecoder.incarnationEncodingOffset() + Long.BYTES) {
      int version = u16(buffer, offset + VERSION_OFFSET);
      found =
          new OtherVersion(
              false,
              i64(buffer, at + HelloReplyDecoder.helloIdEncodingOffset()),
              i64(buffer, at + HelloReplyDecoder.incarnationEncodingOffset()),
              version,
              // A newer primary that answers has chosen a version that both speak.
              Math.max(version, WireLimits.VERSION));
    }
    return found == null || found.isUnderstood() || !found.isSound() ? null : found;
  }

  /** What both speak, in words; the remedy is to follow. */
  public String forPeople(String here, String there) {
    return "no version of the protocol in common: this "
        + here
        + " speaks "
        + range(WireLimits.MIN_VERSION, WireLimits.VERSION)
        + ", the "
        + there
        + " "
        + range(minVersion, fromBackup ? maxVersion : minVersion)
        + "; ";
  }

  private static String range(int min, int max) {
    return min == max ? String.valueOf(min) : min + " to " + max;
  }

  private boolean isUnderstood() {
    return fromBackup
        ? minVersion <= WireLimits.VERSION && maxVersion >= WireLimits.MIN_VERSION
        : minVersion >= WireLimits.MIN_VERSION;
  }

  private boolean isSound() {
    return helloId != 0 && incarnation != 0 && minVersion >= 1 && minVersion <= maxVersion;
  }

  private static int u16(DirectBuffer buffer, int at) {
    return Short.toUnsignedInt(buffer.getShort(at, ByteOrder.LITTLE_ENDIAN));
  }

  private static long i64(DirectBuffer buffer, int at) {
    return buffer.getLong(at, ByteOrder.LITTLE_ENDIAN);
  }
}
