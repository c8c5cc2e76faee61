package org.understudy.protocol.seal;

import org.agrona.DirectBuffer;
import org.understudy.protocol.wire.SendStatus;

/** Takes what is sealed; never blocks. */
public interface RecordSink {
  /** What {@link #offer} would say to so many bytes: nothing is sealed in vain. */
  SendStatus room(int length);

  /**
   * Offers a record; the bytes are copied if it is {@link SendStatus#SENT}, and are nowhere if not.
   *
   * @param templateId of the message inside, or of the record itself where there is none
   * @param messageBytes bytes of the message inside
   */
  SendStatus offer(int templateId, int messageBytes, DirectBuffer buffer, int offset, int length);
}
