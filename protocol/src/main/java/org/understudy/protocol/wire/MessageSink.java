package org.understudy.protocol.wire;

import org.agrona.DirectBuffer;

/** Takes whole encoded messages: a link, or a simulated network. Never blocks. */
@FunctionalInterface
public interface MessageSink {
  /** Offers one message; the bytes are copied if it is {@link SendStatus#SENT}. */
  SendStatus offer(DirectBuffer buffer, int offset, int length);
}
