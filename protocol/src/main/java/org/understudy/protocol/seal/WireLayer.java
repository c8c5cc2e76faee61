package org.understudy.protocol.seal;

import org.agrona.DirectBuffer;
import org.understudy.protocol.wire.SendStatus;

/**
 * What lies between the messages of a node and the stream to its peer: {@link Seal}, or nothing.
 */
public interface WireLayer {
  /** Offers one message of this node. A Hello may be kept and follow a handshake. */
  SendStatus offer(DirectBuffer message, int offset, int length);

  /** Takes one whole message of a stream, whatever it is. */
  void take(int stream, DirectBuffer buffer, int offset, int length);
}
