package org.understudy.protocol.wire;

import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.protocol.codecs.AckDecoder;
import org.understudy.protocol.codecs.BaseHashesDecoder;
import org.understudy.protocol.codecs.BooleanType;
import org.understudy.protocol.codecs.CheckpointBeginDecoder;
import org.understudy.protocol.codecs.CheckpointEndDecoder;
import org.understudy.protocol.codecs.GoodbyeDecoder;
import org.understudy.protocol.codecs.GoodbyeReason;
import org.understudy.protocol.codecs.HeartbeatDecoder;
import org.understudy.protocol.codecs.HelloDecoder;
import org.understudy.protocol.codecs.HelloRejectDecoder;
import org.understudy.protocol.codecs.HelloReplyDecoder;
import org.understudy.protocol.codecs.InputDecoder;
import org.understudy.protocol.codecs.InputKind;
import org.understudy.protocol.codecs.MessageHeaderDecoder;
import org.understudy.protocol.codecs.MirroredInputDecoder;
import org.understudy.protocol.codecs.NodeRole;
import org.understudy.protocol.codecs.OutputAckDecoder;
import org.understudy.protocol.codecs.PageBatchDecoder;
import org.understudy.protocol.codecs.ProtectedDecoder;
import org.understudy.protocol.codecs.SectionDecoder;
import org.understudy.protocol.codecs.SessionOutputDecoder;
import org.understudy.protocol.codecs.StandbyNoteDecoder;

/**
 * Checks incoming messages and hands the sound ones that it admits to a {@link MessageListener}.
 * Everything that arrives is hostile until checked; what is wrong is one {@link BadMessage} and
 * never an exception. No allocation except for the handshake, goodbyes and bad messages. Not thread
 * safe.
 */
public final class MessageReader {
  /** What became of a message. */
  public enum Outcome {
    /** The listener got it. */
    ACCEPTED,
    /** Dropped: it breaks the schema, or none of its versions is spoken here. */
    BAD,
    /** Dropped: the listener did not admit it. */
    STALE
  }

  private static final Logger LOG = LoggerFactory.getLogger("understudy.link");

  private static final int HEADER = MessageHeaderDecoder.ENCODED_LENGTH;

  private final MessageCheck check = new MessageCheck();
  private final HandshakeDecoder handshake = new HandshakeDecoder(check);
  private final CheckpointReader checkpoints;
  private final MessageHeaderDecoder header = new MessageHeaderDecoder();
  private final AckDecoder ack = new AckDecoder();
  private final OutputAckDecoder outputAck = new OutputAckDecoder();
  private final ProtectedDecoder protectedDecoder = new ProtectedDecoder();
  private final InputDecoder input = new InputDecoder();
  private final MirroredInputDecoder mirrored = new MirroredInputDecoder();
  private final SessionOutputDecoder output = new SessionOutputDecoder();
  private final StandbyNoteDecoder note = new StandbyNoteDecoder();
  private final BaseHashesDecoder base = new BaseHashesDecoder();
  private final HeartbeatDecoder heartbeat = new HeartbeatDecoder();
  private final GoodbyeDecoder goodbye = new GoodbyeDecoder();
  private MessageListener listener = new MessageListener() {};

  /** A reader whose messages nobody takes yet. */
  public MessageReader() {
    this.checkpoints = new CheckpointReader(check);
  }

  /** Who gets sound messages, and news of dropped ones, from now on. */
  public void listen(MessageListener newListener) {
    listener = newListener;
    checkpoints.listen(newListener);
  }

  /** Takes one whole message. Exceptions are the listener's own. */
  public Outcome onMessage(DirectBuffer buffer, int offset, int length) {
    OtherVersion other = OtherVersion.of(buffer, offset, length);
    if (other != null) {
      listener.onOtherVersion(other);
      return Outcome.BAD;
    }
    if (!check.check(buffer, offset, length)) {
      return bad();
    }
    int template = MessageTypes.templateOf(buffer, offset);
    if (template >= SessionStamp.FIRST_BOUND_TEMPLATE) {
      long generation = SessionStamp.generationOf(buffer, offset);
      long linkSession = SessionStamp.linkSessionOf(buffer, offset);
      if (!listener.admits(template, generation, linkSession)) {
        return Outcome.STALE;
      }
    }
    return dispatch(template, buffer, offset, length) ? Outcome.ACCEPTED : bad();
  }

  private Outcome bad() {
    BadMessage message = check.toBadMessage();
    LOG.warn("dropped a bad message: {}", message);
    listener.onBadMessage(message);
    return Outcome.BAD;
  }

  private boolean dispatch(int template, DirectBuffer buffer, int offset, int length) {
    return switch (template) {
      case HelloDecoder.TEMPLATE_ID -> hello(buffer, offset);
      case HelloReplyDecoder.TEMPLATE_ID -> helloReply(buffer, offset);
      case HelloRejectDecoder.TEMPLATE_ID -> helloReject(buffer, offset);
      case CheckpointBeginDecoder.TEMPLATE_ID -> checkpoints.begin(buffer, offset, length);
      case PageBatchDecoder.TEMPLATE_ID -> checkpoints.batch(buffer, offset, length);
      case SectionDecoder.TEMPLATE_ID -> checkpoints.section(buffer, offset, length);
      case CheckpointEndDecoder.TEMPLATE_ID -> checkpoints.end(buffer, offset, length);
      case AckDecoder.TEMPLATE_ID -> ack(buffer, offset);
      case ProtectedDecoder.TEMPLATE_ID -> protectedBy(buffer, offset);
      case OutputAckDecoder.TEMPLATE_ID -> outputAck(buffer, offset);
      case InputDecoder.TEMPLATE_ID -> input(buffer, offset);
      case MirroredInputDecoder.TEMPLATE_ID -> mirroredInput(buffer, offset);
      case SessionOutputDecoder.TEMPLATE_ID -> sessionOutput(buffer, offset);
      case StandbyNoteDecoder.TEMPLATE_ID -> standbyNote(buffer, offset);
      case BaseHashesDecoder.TEMPLATE_ID -> baseHashes(buffer, offset);
      case HeartbeatDecoder.TEMPLATE_ID -> heartbeat(buffer, offset);
      case GoodbyeDecoder.TEMPLATE_ID -> goodbye(buffer, offset);
      default -> check.bad(2, "template without a handler", 0, template);
    };
  }

  private boolean hello(DirectBuffer buffer, int offset) {
    Hello message = handshake.hello(buffer, offset);
    if (message != null) {
      listener.onHello(message);
    }
    return message != null;
  }

  private boolean helloReply(DirectBuffer buffer, int offset) {
    HelloReply message = handshake.helloReply(buffer, offset);
    if (message != null) {
      listener.onHelloReply(message);
    }
    return message != null;
  }

  private boolean helloReject(DirectBuffer buffer, int offset) {
    HelloReject message = handshake.helloReject(buffer, offset);
    if (message != null) {
      listener.onHelloReject(message);
    }
    return message != null;
  }

  private boolean ack(DirectBuffer buffer, int offset) {
    ack.wrapAndApplyHeader(buffer, offset, header);
    if (!notBelow(AckDecoder.epochEncodingOffset(), "epoch", ack.epoch(), 0)) {
      return false;
    }
    listener.onAck(ack.epoch());
    return true;
  }

  private boolean protectedBy(DirectBuffer buffer, int offset) {
    protectedDecoder.wrapAndApplyHeader(buffer, offset, header);
    long next = protectedDecoder.protectedGeneration();
    int at = ProtectedDecoder.protectedGenerationEncodingOffset();
    if (!notBelow(at, "protectedGeneration", next, 1)) {
      return false;
    }
    listener.onProtected(next);
    return true;
  }

  private boolean outputAck(DirectBuffer buffer, int offset) {
    outputAck.wrapAndApplyHeader(buffer, offset, header);
    long sequence = outputAck.sequence();
    if (!notBelow(OutputAckDecoder.sequenceEncodingOffset(), "sequence", sequence, 1)) {
      return false;
    }
    listener.onOutputAck(sequence);
    return true;
  }

  private boolean input(DirectBuffer buffer, int offset) {
    input.wrapAndApplyHeader(buffer, offset, header);
    int kind = input.kindRaw();
    if (!notBelow(InputDecoder.sequenceEncodingOffset(), "sequence", input.sequence(), 1)
        || !code(InputDecoder.kindEncodingOffset(), "kind", kind, InputKind.FRAME.value())) {
      return false;
    }
    listener.onInput(
        input.sequence(),
        input.stampNs(),
        input.kind(),
        input.sessionId(),
        buffer,
        input.limit() + Integer.BYTES,
        input.dataLength());
    return true;
  }

  private boolean mirroredInput(DirectBuffer buffer, int offset) {
    mirrored.wrapAndApplyHeader(buffer, offset, header);
    int kind = mirrored.kindRaw();
    if (!notBelow(MirroredInputDecoder.sequenceEncodingOffset(), "sequence", mirrored.sequence(), 1)
        || !code(MirroredInputDecoder.kindEncodingOffset(), "kind", kind, 5)) {
      return false;
    }
    listener.onMirroredInput(
        mirrored.sequence(),
        mirrored.stampNs(),
        mirrored.kind(),
        mirrored.sessionId(),
        buffer,
        mirrored.limit() + Integer.BYTES,
        mirrored.dataLength());
    return true;
  }

  private boolean standbyNote(DirectBuffer buffer, int offset) {
    note.wrapAndApplyHeader(buffer, offset, header);
    listener.onStandbyNote(buffer, note.limit() + Integer.BYTES, note.dataLength());
    return true;
  }

  private boolean baseHashes(DirectBuffer buffer, int offset) {
    base.wrapAndApplyHeader(buffer, offset, header);
    int first = base.firstPage();
    if (!notBelow(BaseHashesDecoder.firstPageEncodingOffset(), "firstPage", first, 0)
        || base.lastRaw() > 1
            && !check.bad(
                HEADER + BaseHashesDecoder.lastEncodingOffset(), "last", 1, base.lastRaw())) {
      return false;
    }
    boolean isLast = base.last() == BooleanType.YES;
    int at = base.limit() + Integer.BYTES;
    listener.onBaseHashes(first, isLast, buffer, at, base.dataLength());
    return true;
  }

  private boolean sessionOutput(DirectBuffer buffer, int offset) {
    output.wrapAndApplyHeader(buffer, offset, header);
    if (!notBelow(
        SessionOutputDecoder.sequenceEncodingOffset(), "sequence", output.sequence(), 1)) {
      return false;
    }
    listener.onSessionOutput(
        output.sequence(),
        output.sessionId(),
        output.afterInput(),
        buffer,
        output.limit() + Integer.BYTES,
        output.dataLength());
    return true;
  }

  private boolean heartbeat(DirectBuffer buffer, int offset) {
    heartbeat.wrapAndApplyHeader(buffer, offset, header);
    int role = heartbeat.roleRaw();
    if (!code(HeartbeatDecoder.roleEncodingOffset(), "role", role, NodeRole.NONE.value())) {
      return false;
    }
    listener.onHeartbeat(heartbeat.role(), heartbeat.state());
    return true;
  }

  private boolean goodbye(DirectBuffer buffer, int offset) {
    goodbye.wrapAndApplyHeader(buffer, offset, header);
    int reason = goodbye.reasonRaw();
    int most = GoodbyeReason.LINK_RESTART.value();
    if (!code(GoodbyeDecoder.reasonEncodingOffset(), "reason", reason, most)) {
      return false;
    }
    listener.onGoodbye(goodbye.reason(), HandshakeDecoder.printable(goodbye.text()));
    return true;
  }

  private boolean notBelow(int blockOffset, String field, long value, long min) {
    return value >= min || check.bad(HEADER + blockOffset, field, min, value);
  }

  private boolean code(int blockOffset, String field, int value, int max) {
    return (value >= 1 && value <= max)
        || check.bad(HEADER + blockOffset, field + " unknown", max, value);
  }
}
