package org.understudy.simulation.agents;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.understudy.checkpoint.guest.InputKind;

/** One event of the guest; its number is 0 where it came from the guest's own front. */
record GuestInput(
    long sequence, long stampNs, InputKind kind, long session, long client, long request) {

  /** With what the front made of a client's request. */
  static GuestInput of(
      long sequence,
      long stampNs,
      InputKind kind,
      long session,
      DirectBuffer bytes,
      int offset,
      int length) {
    long client = length == 0 ? 0 : bytes.getLong(offset, ByteOrder.LITTLE_ENDIAN);
    long request = length == 0 ? 0 : bytes.getLong(offset + Long.BYTES, ByteOrder.LITTLE_ENDIAN);
    return new GuestInput(sequence, stampNs, kind, session, client, request);
  }
}
