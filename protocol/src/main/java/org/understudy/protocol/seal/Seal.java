package org.understudy.protocol.seal;

import java.nio.ByteOrder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.protocol.codecs.HelloDecoder;
import org.understudy.protocol.codecs.MessageHeaderDecoder;
import org.understudy.protocol.codecs.MessageHeaderEncoder;
import org.understudy.protocol.codecs.SealAnswerDecoder;
import org.understudy.protocol.codecs.SealAnswerEncoder;
import org.understudy.protocol.codecs.SealOpenDecoder;
import org.understudy.protocol.codecs.SealOpenEncoder;
import org.understudy.protocol.codecs.SealRefusalCode;
import org.understudy.protocol.codecs.SealRefusedDecoder;
import org.understudy.protocol.codecs.SealedDecoder;
import org.understudy.protocol.wire.MessageTypes;
import org.understudy.protocol.wire.SendStatus;
import org.understudy.protocol.wire.WireLimits;

/**
 * Between the messages of a node and the stream to its peer: everything goes out as a record under
 * keys that a handshake has made, and nothing comes in otherwise. A Hello begins a handshake each
 * time it is said, and follows as the first record when the handshake is answered. Who began it
 * uses the new keys from then on, who answered it from the first record under them: a copy of an
 * old handshake changes nothing, on neither side. Pure but for its clock and its random bytes; not
 * thread safe.
 */
public final class Seal implements WireLayer {
  private static final int HEADER = MessageHeaderDecoder.ENCODED_LENGTH;
  private static final int NO_MESSAGE = -1;
  private static final int OTHER_VERSION = -2;
  private static final int NOISE_BYTES = X25519.BYTES + RecordCipher.TAG_BYTES;
  private static final int ANSWER_BYTES = HEADER + SealAnswerEncoder.BLOCK_LENGTH;
  private static final int SMALL_BYTES = HEADER + SealOpenEncoder.BLOCK_LENGTH;

  private final RecordSink sink;
  private final WireListener listener;
  private final SealIdentity identity;
  private final SealNotes notes = new SealNotes();
  private final Initiation initiation;
  private final Acceptance acceptance;
  private final byte[] record =
      new byte[SealedSession.HEAD_BYTES + WireLimits.MAX_MESSAGE_BYTES + RecordCipher.TAG_BYTES];
  private final UnsafeBuffer recordBuffer = new UnsafeBuffer(record);
  private final UnsafeBuffer textBuffer = new UnsafeBuffer(0, 0);
  private final UnsafeBuffer small = new UnsafeBuffer(new byte[SMALL_BYTES]);
  private final UnsafeBuffer held = new UnsafeBuffer(new byte[WireLimits.MAX_MESSAGE_BYTES]);
  private final MessageHeaderEncoder header = new MessageHeaderEncoder();
  private int heldBytes;

  /** Keys that the peer is known to have: it has answered with them, or used them. */
  private SealedSession current;

  /** Those before: the peer goes on with them until it hears of the new ones. */
  private SealedSession previous;

  /**
   * A seal without keys yet.
   *
   * @param identity who this is, and who the peer
   * @param secrets gives 32 random bytes each time, never the same
   * @param clock nanoseconds that never go back
   * @param sink where records go
   * @param listener who gets what was opened
   */
  public Seal(
      SealIdentity identity,
      Supplier<byte[]> secrets,
      LongSupplier clock,
      RecordSink sink,
      WireListener listener) {
    this.identity = identity;
    this.sink = sink;
    this.listener = listener;
    SealedSession.Scratch scratch = new SealedSession.Scratch();
    textBuffer.wrap(scratch.text());
    initiation = new Initiation(identity, secrets, scratch);
    acceptance = new Acceptance(identity, secrets, clock, scratch);
  }

  // ---- what this node says

  @Override
  public SendStatus offer(DirectBuffer message, int offset, int length) {
    int template = MessageTypes.templateOf(message, offset);
    if (template == HelloDecoder.TEMPLATE_ID) {
      held.putBytes(0, message, offset, length);
      heldBytes = length;
      return open();
    }
    return current == null
        ? SendStatus.NOT_CONNECTED
        : send(current, template, message, offset, length);
  }

  private SendStatus open() {
    SendStatus room = sink.room(SMALL_BYTES);
    if (!room.sent()) {
      return room;
    }
    Initiation.Begun begun = initiation.next();
    new SealOpenEncoder()
        .wrapAndApplyHeader(small, 0, header)
        .keyId(Integer.toUnsignedLong(begun.key().id()))
        .putMessage(begun.message(), 0, NOISE_BYTES);
    return sink.offer(SealOpenEncoder.TEMPLATE_ID, 0, small, 0, SMALL_BYTES);
  }

  private SendStatus send(
      SealedSession session, int template, DirectBuffer message, int offset, int length) {
    SendStatus status = sink.room(SealedSession.recordBytes(length));
    if (status.sent()) {
      int bytes = session.seal(message, offset, length, record);
      status = sink.offer(template, length, recordBuffer, 0, bytes);
      session.sent(status.sent());
    }
    return status;
  }

  // ---- what came

  @Override
  public void take(int stream, DirectBuffer buffer, int offset, int length) {
    switch (kindOf(buffer, offset, length)) {
      case SealedDecoder.TEMPLATE_ID -> takeRecord(stream, buffer, offset, length);
      case SealOpenDecoder.TEMPLATE_ID -> takeOpen(buffer, offset, length);
      case SealAnswerDecoder.TEMPLATE_ID -> takeAnswer(buffer, offset, length);
      case SealRefusedDecoder.TEMPLATE_ID -> takeHint(buffer, offset, length);
      case HelloDecoder.TEMPLATE_ID -> {
        refuse(Refusal.IN_THE_CLEAR, "");
        hint(0, SealRefusalCode.SEALED_HERE);
      }
      case OTHER_VERSION ->
          refuse(
              Refusal.OTHER_VERSION,
              ": there " + u16(buffer, offset + 6) + ", here " + WireLimits.VERSION);
      default -> refuse(Refusal.IN_THE_CLEAR, "");
    }
  }

  /** The template of what came, or why it is none. */
  private int kindOf(DirectBuffer buffer, int offset, int length) {
    if (length < HEADER || u16(buffer, offset + 4) != MessageHeaderDecoder.SCHEMA_ID) {
      return NO_MESSAGE;
    }
    int version = u16(buffer, offset + 6);
    return version == WireLimits.VERSION ? MessageTypes.templateOf(buffer, offset) : OTHER_VERSION;
  }

  private static int u16(DirectBuffer buffer, int at) {
    return Short.toUnsignedInt(buffer.getShort(at, ByteOrder.LITTLE_ENDIAN));
  }

  private void takeRecord(int stream, DirectBuffer buffer, int offset, int length) {
    if (length < SealedSession.HEAD_BYTES + RecordCipher.TAG_BYTES) {
      refuse(Refusal.MALFORMED, "");
      return;
    }
    SealedSession session = sessionOf(SealedSession.idOf(buffer, offset));
    if (session == null) {
      listener.onStale();
      return;
    }
    switch (session.open(buffer, offset, length)) {
      case OPENED -> opened(session, stream, length);
      case FORGED -> refuse(Refusal.FORGED, "");
      case REPLAYED -> refuse(Refusal.REPLAYED, "");
      case EARLY -> {
        if (session == current) {
          listener.onMissing(stream);
        }
        opened(session, stream, length);
      }
      default -> throw new IllegalStateException("unknown verdict");
    }
  }

  private SealedSession sessionOf(int id) {
    if (current != null && current.id() == id) {
      return current;
    }
    return previous != null && previous.id() == id ? previous : acceptance.session(id);
  }

  private void opened(SealedSession session, int stream, int length) {
    if (session != previous) {
      use(session);
    }
    listener.onOpened(stream, textBuffer, 0, SealedSession.textBytes(length));
  }

  /** The peer has proved that it has these keys. */
  private void use(SealedSession session) {
    if (session != current) {
      previous = current;
      current = session;
      acceptance.confirm(session);
      notes.understood();
    }
  }

  private void takeOpen(DirectBuffer buffer, int offset, int length) {
    if (length != SMALL_BYTES) {
      refuse(Refusal.MALFORMED, "");
      return;
    }
    SealOpenDecoder open = new SealOpenDecoder();
    open.wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
    int keyId = (int) open.keyId();
    byte[] message = new byte[NOISE_BYTES];
    open.getMessage(message, 0, NOISE_BYTES);
    byte[] answer = acceptance.answer(keyId, message);
    if (answer != null) {
      new SealAnswerEncoder()
          .wrapAndApplyHeader(small, 0, header)
          .putMessage(answer, 0, NOISE_BYTES);
      sink.offer(SealAnswerEncoder.TEMPLATE_ID, 0, small, 0, ANSWER_BYTES);
      return;
    }
    Refusal why = acceptance.refusal();
    refuse(why, why == Refusal.UNKNOWN_KEY ? ": " + SealKey.text(keyId) + here() : "");
    if (why == Refusal.UNKNOWN_KEY) {
      hint(keyId, SealRefusalCode.UNKNOWN_KEY);
    }
  }

  private String here() {
    return ", here is " + identity.keys();
  }

  private void takeAnswer(DirectBuffer buffer, int offset, int length) {
    if (length != ANSWER_BYTES) {
      refuse(Refusal.MALFORMED, "");
      return;
    }
    SealAnswerDecoder decoder = new SealAnswerDecoder();
    decoder.wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
    byte[] message = new byte[NOISE_BYTES];
    decoder.getMessage(message, 0, NOISE_BYTES);
    SealedSession made = initiation.take(message);
    if (made == null) {
      // An answer that came twice, mostly: the peer says it again where a Hello was repeated.
      listener.onStale();
      return;
    }
    use(made);
    // Should there be no room for it, the next Hello begins again.
    send(made, HelloDecoder.TEMPLATE_ID, held, 0, heldBytes);
  }

  // ---- hints for people: nothing of them is believed

  private void hint(int keyId, SealRefusalCode code) {
    SealHint.encode(small, keyId, code);
    sink.offer(SealRefusedDecoder.TEMPLATE_ID, 0, small, 0, SealHint.BYTES);
  }

  private void takeHint(DirectBuffer buffer, int offset, int length) {
    String text = SealHint.textOf(buffer, offset, length);
    if (text == null) {
      refuse(Refusal.MALFORMED, "");
    } else {
      notes.tell(text, "by somebody at the peer's address: " + text + here());
    }
  }

  private void refuse(Refusal cause, String detail) {
    notes.refuse(cause, detail);
    listener.onRefused();
  }
}
