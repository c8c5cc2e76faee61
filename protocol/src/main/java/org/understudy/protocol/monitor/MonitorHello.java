package org.understudy.protocol.monitor;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.understudy.pair.ownership.NodeId;

/**
 * The one line that each side of a monitor connection says: {@code understudy-monitor 1 PAIR NAME
 * INCARNATION} in ASCII, the incarnation in hexadecimal, ended by a line feed. Nothing follows it.
 *
 * @param pairId name of the pair
 * @param node who speaks
 */
record MonitorHello(String pairId, NodeId node) {
  static final String NAME_PATTERN = "[A-Za-z0-9._-]{1,64}";

  static final int MAX_NAME = 64;

  /** No hello is longer: magic, version, two names, 16 digits, blanks. */
  static final int MAX_BYTES = 256;

  private static final String MAGIC = "understudy-monitor 1 ";
  private static final Pattern LINE =
      Pattern.compile(MAGIC + "(" + NAME_PATTERN + ") (" + NAME_PATTERN + ") ([0-9a-f]{1,16})");

  ByteBuffer encode() {
    String line =
        MAGIC + pairId + " " + node.name() + " " + Long.toHexString(node.incarnation()) + "\n";
    return ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
  }

  /** What every node says first. */
  static byte[] magic() {
    return MAGIC.getBytes(StandardCharsets.US_ASCII);
  }

  /** What every node of a pair says first. */
  static byte[] prefix(String pairId) {
    return (MAGIC + pairId + " ").getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether a name may contain it. */
  static boolean isNameByte(byte c) {
    return c >= 'A' && c <= 'Z'
        || c >= 'a' && c <= 'z'
        || c >= '0' && c <= '9'
        || c == '.'
        || c == '_'
        || c == '-';
  }

  /** Whether an incarnation may contain it. */
  static boolean isHexByte(byte c) {
    return c >= '0' && c <= '9' || c >= 'a' && c <= 'f';
  }

  /** Where the first line ends; the length where its end is still to come. */
  static int lineEnd(byte[] bytes, int length) {
    int end = 0;
    while (end < length && bytes[end] != '\n') {
      end++;
    }
    return end;
  }

  /** The hello of a line without its line feed; null if it is none. */
  static MonitorHello parse(byte[] bytes, int length) {
    Matcher line = LINE.matcher(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
    if (!line.matches()) {
      return null;
    }
    long incarnation = Long.parseUnsignedLong(line.group(3), 16);
    return new MonitorHello(line.group(1), new NodeId(line.group(2), incarnation));
  }
}
