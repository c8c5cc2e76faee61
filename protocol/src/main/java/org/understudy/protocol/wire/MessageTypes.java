package org.understudy.protocol.wire;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/** Template ids of the schema as an index. */
public final class MessageTypes {
  /** One more than the highest template id. */
  public static final int COUNT = 42;

  private static final int TEMPLATE_OFFSET = 2;

  private MessageTypes() {}

  /** Template id of an encoded message; the caller has checked that a header is there. */
  public static int templateOf(DirectBuffer buffer, int offset) {
    return Short.toUnsignedInt(buffer.getShort(offset + TEMPLATE_OFFSET, ByteOrder.LITTLE_ENDIAN));
  }
}
