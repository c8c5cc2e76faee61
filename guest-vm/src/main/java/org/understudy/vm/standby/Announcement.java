package org.understudy.vm.standby;

import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.vm.net.Frames;

/**
 * A frame that tells bridges where an address is now: a RARP request to all (RFC 903), as
 * hypervisors send after a migration.
 */
final class Announcement {
  private static final int FRAME_BYTES = 60;
  private static final int ETHER_TYPE_RARP = 0x8035;
  private static final int ETHERNET = 1;
  private static final int IPV4 = 0x0800;
  private static final int REQUEST_REVERSE = 3;

  private Announcement() {}

  /** With an empty vnet header before it. */
  static UnsafeBuffer of(long mac) {
    UnsafeBuffer frame = new UnsafeBuffer(new byte[Frames.VNET_HEADER_BYTES + FRAME_BYTES]);
    int at = Frames.VNET_HEADER_BYTES;
    for (int i = 0; i < Frames.MAC_BYTES; i++) {
      frame.putByte(at + i, (byte) 0xff);
    }
    at = putMac(frame, at + Frames.MAC_BYTES, mac);
    at = putShort(frame, at, ETHER_TYPE_RARP);
    at = putShort(frame, at, ETHERNET);
    at = putShort(frame, at, IPV4);
    frame.putByte(at, (byte) Frames.MAC_BYTES);
    frame.putByte(at + 1, (byte) Integer.BYTES);
    at = putShort(frame, at + 2, REQUEST_REVERSE);
    at = putMac(frame, at, mac) + Integer.BYTES;
    putMac(frame, at, mac);
    return frame;
  }

  private static int putMac(UnsafeBuffer frame, int at, long mac) {
    for (int i = 0; i < Frames.MAC_BYTES; i++) {
      frame.putByte(at + i, (byte) (mac >>> Byte.SIZE * (Frames.MAC_BYTES - 1 - i)));
    }
    return at + Frames.MAC_BYTES;
  }

  private static int putShort(UnsafeBuffer frame, int at, int value) {
    frame.putShort(at, (short) value, ByteOrder.BIG_ENDIAN);
    return at + Short.BYTES;
  }
}
