package org.understudy.protocol.monitor;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.understudy.pair.ownership.NodeId;

/**
 * What each side of a monitor connection says: {@code understudy-monitor 1 PAIR NAME INCARNATION}
 * in ASCII, the incarnation in hexadecimal. In the clear this is the line; {@link Greeting} seals
 * it.
 *
 * @param pairId name of the pair
 * @param node who speaks
 */
record MonitorHello(String pairId, NodeId node) {
  static final String NAME_PATTERN = "[A-Za-z0-9._-]{1,64}";

  /** What every node says first, sealed or not. */
  static final String ANY_MAGIC = "understudy-monitor ";

  private static final String MAGIC = ANY_MAGIC + "1 ";
  private static final Pattern LINE =
      Pattern.compile(MAGIC + "(" + NAME_PATTERN + ") (" + NAME_PATTERN + ") ([0-9a-f]{1,16})");

  /** Without the line feed. */
  byte[] encode() {
    String line = MAGIC + pairId + " " + node.name() + " " + Long.toHexString(node.incarnation());
    return line.getBytes(StandardCharsets.US_ASCII);
  }

  /** The hello of a line without its line feed; null if it is none. */
  static MonitorHello parse(byte[] bytes) {
    Matcher line = LINE.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    if (!line.matches()) {
      return null;
    }
    long incarnation = Long.parseUnsignedLong(line.group(3), 16);
    return new MonitorHello(line.group(1), new NodeId(line.group(2), incarnation));
  }
}
