package org.understudy.vm.net;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/** What Understudy reads of a frame: a vnet header of 12 bytes, then Ethernet. */
public final class Frames {
  /** Bytes of the header that virtio and taps put before a frame: offloads still to be done. */
  public static final int VNET_HEADER_BYTES = 12;

  /** Bytes of an address. */
  public static final int MAC_BYTES = 6;

  /** Shortest that is passed on: header and Ethernet header. */
  public static final int MIN_FRAME_BYTES = VNET_HEADER_BYTES + 14;

  /** Longest that QEMU makes or takes. */
  public static final int MAX_FRAME_BYTES = 4096 + 65536;

  private static final int TYPE = VNET_HEADER_BYTES + 2 * MAC_BYTES;
  private static final int TAG_BYTES = 4;
  private static final int MAX_TAGS = 2;
  private static final int VLAN = 0x8100;
  private static final int SERVICE_VLAN = 0x88a8;
  private static final int IPV4 = 0x0800;
  private static final int IPV6 = 0x86dd;
  private static final int IPV4_PROTOCOL = 9;
  private static final int IPV4_HEADER_BYTES = 20;
  private static final int IPV6_NEXT = 6;
  private static final int IPV6_HEADER_BYTES = 40;
  private static final int MAX_EXTENSIONS = 8;
  private static final int TCP = 6;
  private static final int HOP_BY_HOP = 0;
  private static final int ROUTING = 43;
  private static final int DESTINATION_OPTIONS = 60;

  private Frames() {}

  /** The address that a frame goes to, in the lower 48 bits; -1 for a frame that is cut off. */
  public static long destinationMac(DirectBuffer buffer, int offset, int length) {
    if (length < MIN_FRAME_BYTES) {
      return -1;
    }
    return buffer.getLong(offset + VNET_HEADER_BYTES, ByteOrder.BIG_ENDIAN) >>> 16;
  }

  /** An address as {@link #destinationMac} returns it, from hexadecimal with colons. */
  public static long mac(String text) {
    if (!text.matches("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}")) {
      throw new IllegalArgumentException("not an Ethernet address: " + text);
    }
    return Long.parseLong(text.replace(":", ""), 16);
  }

  /** Whether a frame carries TCP over IPv4 (fragments included) or IPv6 (but for its fragments). */
  public static boolean isTcp(DirectBuffer buffer, int offset, int length) {
    int end = offset + length;
    int at = offset + TYPE;
    if (end < offset || end - at < 2) {
      return false;
    }
    int type = unsignedShort(buffer, at);
    for (int tags = 0; type == VLAN || type == SERVICE_VLAN; tags++) {
      at += TAG_BYTES;
      if (tags == MAX_TAGS || end - at < 2) {
        return false;
      }
      type = unsignedShort(buffer, at);
    }
    int packet = at + 2;
    return switch (type) {
      case IPV4 ->
          end - packet >= IPV4_HEADER_BYTES && buffer.getByte(packet + IPV4_PROTOCOL) == TCP;
      case IPV6 -> isTcpInIpv6(buffer, packet, end);
      default -> false;
    };
  }

  private static boolean isTcpInIpv6(DirectBuffer buffer, int packet, int end) {
    if (end - packet < IPV6_HEADER_BYTES) {
      return false;
    }
    int next = buffer.getByte(packet + IPV6_NEXT) & 0xff;
    int at = packet + IPV6_HEADER_BYTES;
    for (int i = 0; i < MAX_EXTENSIONS && end - at >= 8; i++) {
      if (next != HOP_BY_HOP && next != ROUTING && next != DESTINATION_OPTIONS) {
        break;
      }
      next = buffer.getByte(at) & 0xff;
      at += 8 * (1 + (buffer.getByte(at + 1) & 0xff));
    }
    return next == TCP;
  }

  private static int unsignedShort(DirectBuffer buffer, int at) {
    return buffer.getShort(at, ByteOrder.BIG_ENDIAN) & 0xffff;
  }
}
