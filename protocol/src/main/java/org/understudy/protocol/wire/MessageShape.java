package org.understudy.protocol.wire;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.understudy.protocol.codecs.AckDecoder;
import org.understudy.protocol.codecs.BaseHashesDecoder;
import org.understudy.protocol.codecs.CheckpointBeginDecoder;
import org.understudy.protocol.codecs.CheckpointEndDecoder;
import org.understudy.protocol.codecs.GoodbyeDecoder;
import org.understudy.protocol.codecs.HeartbeatDecoder;
import org.understudy.protocol.codecs.HelloDecoder;
import org.understudy.protocol.codecs.HelloRejectDecoder;
import org.understudy.protocol.codecs.HelloReplyDecoder;
import org.understudy.protocol.codecs.InputDecoder;
import org.understudy.protocol.codecs.MirroredInputDecoder;
import org.understudy.protocol.codecs.OutputAckDecoder;
import org.understudy.protocol.codecs.PageBatchDecoder;
import org.understudy.protocol.codecs.ProtectedDecoder;
import org.understudy.protocol.codecs.SealAnswerDecoder;
import org.understudy.protocol.codecs.SealOpenDecoder;
import org.understudy.protocol.codecs.SealRefusedDecoder;
import org.understudy.protocol.codecs.SealedDecoder;
import org.understudy.protocol.codecs.SectionDecoder;
import org.understudy.protocol.codecs.SessionOutputDecoder;
import org.understudy.protocol.codecs.StandbyNoteDecoder;

/**
 * Shape of one message: what must be where before any field of it is read.
 *
 * @param templateId id
 * @param name name in the schema
 * @param blockLength bytes of the fixed fields in our version
 * @param entryLength bytes of the fixed fields of a region entry, 0 for messages without the group
 * @param data limits of the variable data in order
 */
record MessageShape(
    int templateId, String name, int blockLength, int entryLength, List<Data> data) {
  /** Limits of one variable length field; {@code prefixBytes} is the width of its length. */
  record Data(String name, int prefixBytes, int min, int max) {}

  /** Name of an entry of the regions group. */
  static final Data REGION_NAME = name("region name");

  private static final MessageShape[] SHAPES = new MessageShape[MessageTypes.COUNT];

  static {
    Data payload = new Data("data", Integer.BYTES, 0, WireLimits.MAX_DATA_BYTES);
    Data text = new Data("text", Short.BYTES, 0, WireLimits.MAX_TEXT_BYTES);
    Data digest = new Data("digest", Short.BYTES, 0, WireLimits.MAX_DIGEST_BYTES);
    Data node = name("nodeName");
    Data type = new Data("guestType", Short.BYTES, 1, WireLimits.MAX_TYPE_BYTES);
    withRegions(
        HelloDecoder.TEMPLATE_ID,
        "Hello",
        HelloDecoder.BLOCK_LENGTH,
        HelloDecoder.RegionsDecoder.sbeBlockLength(),
        node,
        name("pairId"),
        type,
        new Data("frontAddress", Short.BYTES, 0, WireLimits.MAX_TEXT_BYTES));
    withRegions(
        HelloReplyDecoder.TEMPLATE_ID,
        "HelloReply",
        HelloReplyDecoder.BLOCK_LENGTH,
        HelloReplyDecoder.RegionsDecoder.sbeBlockLength(),
        node,
        type,
        new Data("arbiter", Short.BYTES, 0, WireLimits.MAX_TEXT_BYTES));
    plain(
        HelloRejectDecoder.TEMPLATE_ID, "HelloReject", HelloRejectDecoder.BLOCK_LENGTH, node, text);
    plain(SealOpenDecoder.TEMPLATE_ID, "SealOpen", SealOpenDecoder.BLOCK_LENGTH);
    plain(SealAnswerDecoder.TEMPLATE_ID, "SealAnswer", SealAnswerDecoder.BLOCK_LENGTH);
    plain(SealedDecoder.TEMPLATE_ID, "Sealed", SealedDecoder.BLOCK_LENGTH);
    plain(SealRefusedDecoder.TEMPLATE_ID, "SealRefused", SealRefusedDecoder.BLOCK_LENGTH);
    plain(
        CheckpointBeginDecoder.TEMPLATE_ID, "CheckpointBegin", CheckpointBeginDecoder.BLOCK_LENGTH);
    plain(PageBatchDecoder.TEMPLATE_ID, "PageBatch", PageBatchDecoder.BLOCK_LENGTH, payload);
    plain(SectionDecoder.TEMPLATE_ID, "Section", SectionDecoder.BLOCK_LENGTH, payload);
    plain(
        CheckpointEndDecoder.TEMPLATE_ID,
        "CheckpointEnd",
        CheckpointEndDecoder.BLOCK_LENGTH,
        digest);
    plain(AckDecoder.TEMPLATE_ID, "Ack", AckDecoder.BLOCK_LENGTH);
    plain(ProtectedDecoder.TEMPLATE_ID, "Protected", ProtectedDecoder.BLOCK_LENGTH);
    plain(OutputAckDecoder.TEMPLATE_ID, "OutputAck", OutputAckDecoder.BLOCK_LENGTH);
    plain(InputDecoder.TEMPLATE_ID, "Input", InputDecoder.BLOCK_LENGTH, payload);
    plain(
        MirroredInputDecoder.TEMPLATE_ID,
        "MirroredInput",
        MirroredInputDecoder.BLOCK_LENGTH,
        payload);
    plain(
        SessionOutputDecoder.TEMPLATE_ID,
        "SessionOutput",
        SessionOutputDecoder.BLOCK_LENGTH,
        payload);
    plain(StandbyNoteDecoder.TEMPLATE_ID, "StandbyNote", StandbyNoteDecoder.BLOCK_LENGTH, payload);
    plain(BaseHashesDecoder.TEMPLATE_ID, "BaseHashes", BaseHashesDecoder.BLOCK_LENGTH, payload);
    plain(HeartbeatDecoder.TEMPLATE_ID, "Heartbeat", HeartbeatDecoder.BLOCK_LENGTH);
    plain(GoodbyeDecoder.TEMPLATE_ID, "Goodbye", GoodbyeDecoder.BLOCK_LENGTH, text);
  }

  /** The shape of a template, null if the id is unknown. */
  static MessageShape of(int templateId) {
    return templateId < SHAPES.length ? SHAPES[templateId] : null;
  }

  /** Every message that this version knows. */
  static List<MessageShape> all() {
    return Arrays.stream(SHAPES).filter(Objects::nonNull).toList();
  }

  private static Data name(String field) {
    return new Data(field, Short.BYTES, 1, WireLimits.MAX_NAME_BYTES);
  }

  private static void plain(int id, String name, int block, Data... data) {
    SHAPES[id] = new MessageShape(id, name, block, 0, List.of(data));
  }

  private static void withRegions(int id, String name, int block, int entry, Data... data) {
    SHAPES[id] = new MessageShape(id, name, block, entry, List.of(data));
  }
}
