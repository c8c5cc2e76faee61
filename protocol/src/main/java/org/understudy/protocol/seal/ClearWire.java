package org.understudy.protocol.seal;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.protocol.codecs.MessageHeaderDecoder;
import org.understudy.protocol.codecs.SealOpenDecoder;
import org.understudy.protocol.codecs.SealRefusalCode;
import org.understudy.protocol.codecs.SealRefusedDecoder;
import org.understudy.protocol.wire.MessageTypes;
import org.understudy.protocol.wire.SendStatus;

/** Everything as it is: the operator said that nothing is to be sealed. */
public final class ClearWire implements WireLayer {
  private final RecordSink sink;
  private final WireListener listener;
  private final SealNotes notes = new SealNotes();
  private final UnsafeBuffer hint = new UnsafeBuffer(new byte[SealHint.BYTES]);

  /**
   * Between these two.
   *
   * @param sink where messages go
   * @param listener who gets what came
   */
  public ClearWire(RecordSink sink, WireListener listener) {
    this.sink = sink;
    this.listener = listener;
  }

  @Override
  public SendStatus offer(DirectBuffer message, int offset, int length) {
    return sink.offer(MessageTypes.templateOf(message, offset), length, message, offset, length);
  }

  @Override
  public void take(int stream, DirectBuffer buffer, int offset, int length) {
    int template =
        length < MessageHeaderDecoder.ENCODED_LENGTH ? -1 : MessageTypes.templateOf(buffer, offset);
    if (template < SealOpenDecoder.TEMPLATE_ID || template > SealRefusedDecoder.TEMPLATE_ID) {
      listener.onOpened(stream, buffer, offset, length);
      return;
    }
    String said =
        template == SealRefusedDecoder.TEMPLATE_ID
            ? SealHint.textOf(buffer, offset, length)
            : "wire.sealed is true there and false here; it must be equal on both nodes";
    notes.refuse(Refusal.NOT_SEALED_HERE, ": " + said);
    listener.onRefused();
    if (template == SealOpenDecoder.TEMPLATE_ID) {
      SealHint.encode(hint, 0, SealRefusalCode.NOT_SEALED_HERE);
      sink.offer(SealRefusedDecoder.TEMPLATE_ID, 0, hint, 0, SealHint.BYTES);
    }
  }
}
