package org.understudy.protocol.wire;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.protocol.codecs.AckEncoder;
import org.understudy.protocol.codecs.BaseHashesEncoder;
import org.understudy.protocol.codecs.BooleanType;
import org.understudy.protocol.codecs.GoodbyeEncoder;
import org.understudy.protocol.codecs.GoodbyeReason;
import org.understudy.protocol.codecs.HeartbeatEncoder;
import org.understudy.protocol.codecs.InputEncoder;
import org.understudy.protocol.codecs.InputKind;
import org.understudy.protocol.codecs.MessageHeaderEncoder;
import org.understudy.protocol.codecs.MirroredInputEncoder;
import org.understudy.protocol.codecs.NodeRole;
import org.understudy.protocol.codecs.OutputAckEncoder;
import org.understudy.protocol.codecs.ProtectedEncoder;
import org.understudy.protocol.codecs.SessionOutputEncoder;
import org.understudy.protocol.codecs.StandbyNoteEncoder;

/**
 * Encodes messages and offers them to a sink, stamped with the current session. Never blocks and,
 * except for the handshake, never allocates: what is not {@link SendStatus#SENT} is to be offered
 * again by the caller. Not thread safe.
 */
public final class MessageSender {
  private static final int DATA_LENGTH_BYTES = Integer.BYTES;
  private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;

  private final MessageSink sink;
  private final SessionStamp stamp;
  private final MutableDirectBuffer scratch =
      new UnsafeBuffer(new byte[WireLimits.MAX_MESSAGE_BYTES]);
  private final HandshakeEncoder handshake = new HandshakeEncoder();
  private final MessageHeaderEncoder header = new MessageHeaderEncoder();
  private final AckEncoder ack = new AckEncoder();
  private final OutputAckEncoder outputAck = new OutputAckEncoder();
  private final ProtectedEncoder protectedEncoder = new ProtectedEncoder();
  private final InputEncoder input = new InputEncoder();
  private final MirroredInputEncoder mirrored = new MirroredInputEncoder();
  private final StandbyNoteEncoder note = new StandbyNoteEncoder();
  private final BaseHashesEncoder base = new BaseHashesEncoder();
  private final SessionOutputEncoder output = new SessionOutputEncoder();
  private final HeartbeatEncoder heartbeat = new HeartbeatEncoder();
  private final GoodbyeEncoder goodbye = new GoodbyeEncoder();

  /**
   * A sender on one sink.
   *
   * @param sink where messages go
   * @param stamp current session, shared with the receiver of the same link
   */
  public MessageSender(MessageSink sink, SessionStamp stamp) {
    this.sink = sink;
    this.stamp = stamp;
  }

  /** The session that messages are stamped with. */
  public SessionStamp session() {
    return stamp;
  }

  /** Handshake, from the backup. */
  public SendStatus hello(Hello message) {
    MutableDirectBuffer buffer = new ExpandableArrayBuffer();
    return sink.offer(buffer, 0, handshake.hello(buffer, 0, message));
  }

  /** Handshake, from the primary. Bind the session first. */
  public SendStatus helloReply(HelloReply message) {
    MutableDirectBuffer buffer = new ExpandableArrayBuffer();
    return sink.offer(buffer, 0, handshake.helloReply(buffer, 0, message));
  }

  /** Handshake, from the primary. */
  public SendStatus helloReject(HelloReject message) {
    MutableDirectBuffer buffer = new ExpandableArrayBuffer();
    return sink.offer(buffer, 0, handshake.helloReject(buffer, 0, message));
  }

  /**
   * Sends a message that was encoded by {@link CheckpointWriter}, for the first time or again; the
   * current generation and link session are written into the caller's buffer.
   */
  public SendStatus send(MutableDirectBuffer buffer, int offset, int length) {
    stamp.stamp(buffer, offset);
    return sink.offer(buffer, offset, length);
  }

  /** From the backup: every epoch up to this one is committed. */
  public SendStatus ack(long epoch) {
    ack.wrapAndApplyHeader(scratch, 0, header).epoch(epoch);
    return send(scratch, 0, HEADER + AckEncoder.BLOCK_LENGTH);
  }

  /** From the backup: every SessionOutput up to this one is stored. */
  public SendStatus outputAck(long sequence) {
    outputAck.wrapAndApplyHeader(scratch, 0, header).sequence(sequence);
    return send(scratch, 0, HEADER + OutputAckEncoder.BLOCK_LENGTH);
  }

  /**
   * From the primary: the register names the backup in this generation. Sent as the last message of
   * the generation before; the first message of the new one says the same.
   */
  public SendStatus protectedBy(long protectedGeneration) {
    protectedEncoder
        .wrapAndApplyHeader(scratch, 0, header)
        .protectedGeneration(protectedGeneration);
    return send(scratch, 0, HEADER + ProtectedEncoder.BLOCK_LENGTH);
  }

  /** From the backup: one logged input. */
  public SendStatus input(
      long sequence,
      long stampNs,
      InputKind kind,
      long sessionId,
      DirectBuffer data,
      int offset,
      int length) {
    input
        .wrapAndApplyHeader(scratch, 0, header)
        .sequence(sequence)
        .stampNs(stampNs)
        .sessionId(sessionId)
        .kind(kind);
    return sendWithData(HEADER + InputEncoder.BLOCK_LENGTH, data, offset, length);
  }

  /** From the primary: a copy of an input of a virtual machine. */
  public SendStatus mirroredInput(
      long sequence,
      long stampNs,
      InputKind kind,
      long sessionId,
      DirectBuffer data,
      int offset,
      int length) {
    mirrored
        .wrapAndApplyHeader(scratch, 0, header)
        .sequence(sequence)
        .stampNs(stampNs)
        .sessionId(sessionId)
        .kind(kind);
    return sendWithData(HEADER + MirroredInputEncoder.BLOCK_LENGTH, data, offset, length);
  }

  /** From the primary: output that does not wait for a checkpoint. */
  public SendStatus sessionOutput(
      long sequence, long sessionId, long afterInput, DirectBuffer data, int offset, int length) {
    output
        .wrapAndApplyHeader(scratch, 0, header)
        .sequence(sequence)
        .sessionId(sessionId)
        .afterInput(afterInput);
    return sendWithData(HEADER + SessionOutputEncoder.BLOCK_LENGTH, data, offset, length);
  }

  /** From the backup: what its half tells the guest during the initial copy. */
  public SendStatus standbyNote(DirectBuffer data, int offset, int length) {
    note.wrapAndApplyHeader(scratch, 0, header);
    return sendWithData(HEADER + StandbyNoteEncoder.BLOCK_LENGTH, data, offset, length);
  }

  /**
   * From the backup: what its memory holds of consecutive pages before a copy.
   *
   * @param isLast all has been said
   */
  public SendStatus baseHashes(
      int firstPage, boolean isLast, DirectBuffer hashes, int offset, int length) {
    base.wrapAndApplyHeader(scratch, 0, header)
        .firstPage(firstPage)
        .last(isLast ? BooleanType.YES : BooleanType.NO);
    return sendWithData(HEADER + BaseHashesEncoder.BLOCK_LENGTH, hashes, offset, length);
  }

  /** Both: this node's duty cycle runs. */
  public SendStatus heartbeat(NodeRole role, int state) {
    heartbeat.wrapAndApplyHeader(scratch, 0, header).role(role).state((short) state);
    return send(scratch, 0, HEADER + HeartbeatEncoder.BLOCK_LENGTH);
  }

  /** Both: this node leaves the session. Allocates. */
  public SendStatus goodbye(GoodbyeReason reason, String text) {
    byte[] bytes = HandshakeEncoder.text(text);
    goodbye.wrapAndApplyHeader(scratch, 0, header).reason(reason).putText(bytes, 0, bytes.length);
    return send(scratch, 0, HEADER + goodbye.encodedLength());
  }

  /** Both: this node leaves that session; the current one stays as it is. Allocates. */
  public SendStatus goodbye(long generation, long linkSession, GoodbyeReason reason, String text) {
    byte[] bytes = HandshakeEncoder.text(text);
    goodbye.wrapAndApplyHeader(scratch, 0, header).reason(reason).putText(bytes, 0, bytes.length);
    SessionStamp.stampAs(scratch, 0, generation, linkSession);
    return sink.offer(scratch, 0, HEADER + goodbye.encodedLength());
  }

  private SendStatus sendWithData(int at, DirectBuffer data, int offset, int length) {
    if (length < 0 || length > WireLimits.MAX_DATA_BYTES) {
      throw new IllegalArgumentException(
          "data of a message must have 0 to " + WireLimits.MAX_DATA_BYTES + " bytes: " + length);
    }
    scratch.putInt(at, length, ByteOrder.LITTLE_ENDIAN);
    scratch.putBytes(at + DATA_LENGTH_BYTES, data, offset, length);
    return send(scratch, 0, at + DATA_LENGTH_BYTES + length);
  }
}
