package org.understudy.protocol.wire;

import org.agrona.DirectBuffer;
import org.understudy.protocol.codecs.BooleanType;
import org.understudy.protocol.codecs.CheckpointBeginDecoder;
import org.understudy.protocol.codecs.CheckpointEndDecoder;
import org.understudy.protocol.codecs.CheckpointKind;
import org.understudy.protocol.codecs.MessageHeaderDecoder;
import org.understudy.protocol.codecs.PageBatchDecoder;
import org.understudy.protocol.codecs.SectionDecoder;
import org.understudy.protocol.codecs.SectionEncoding;
import org.understudy.protocol.codecs.SectionKind;

/**
 * Reads the checkpoint stream, the mirror of {@link CheckpointWriter}: checks fields and keeps the
 * checksum of the sequence. The order of messages is the receiving state machine's to judge.
 */
final class CheckpointReader {
  private static final int HEADER = MessageHeaderDecoder.ENCODED_LENGTH;

  private final MessageCheck check;
  private final MessageHeaderDecoder header = new MessageHeaderDecoder();
  private final CheckpointBeginDecoder begin = new CheckpointBeginDecoder();
  private final PageBatchDecoder batch = new PageBatchDecoder();
  private final SectionDecoder section = new SectionDecoder();
  private final CheckpointEndDecoder end = new CheckpointEndDecoder();
  private final SectionHeader sectionHeader = new SectionHeader();
  private final CheckpointTrailer trailer = new CheckpointTrailer();
  private final EpochChecksum checksum = new EpochChecksum();
  private MessageListener listener = new MessageListener() {};

  CheckpointReader(MessageCheck check) {
    this.check = check;
  }

  void listen(MessageListener newListener) {
    listener = newListener;
  }

  boolean begin(DirectBuffer buffer, int offset, int length) {
    begin.wrapAndApplyHeader(buffer, offset, header);
    int kind = begin.kindRaw();
    int released = CheckpointBeginDecoder.releasedEpochEncodingOffset();
    boolean sound =
        notBelow(CheckpointBeginDecoder.epochEncodingOffset(), "epoch", begin.epoch(), 0)
            && notBelow(CheckpointBeginDecoder.roundEncodingOffset(), "round", begin.round(), 0)
            && notBelow(released, "releasedEpoch", begin.releasedEpoch(), -1)
            && code(
                CheckpointBeginDecoder.kindEncodingOffset(),
                "kind",
                kind,
                CheckpointKind.FINAL.value());
    if (sound) {
      checksum.reset();
      cover(buffer, offset, length);
      listener.onCheckpointBegin(begin.epoch(), begin.kind(), begin.round(), begin.releasedEpoch());
    }
    return sound;
  }

  boolean batch(DirectBuffer buffer, int offset, int length) {
    batch.wrapAndApplyHeader(buffer, offset, header);
    int index = PageBatchDecoder.batchIndexEncodingOffset();
    boolean sound =
        notBelow(PageBatchDecoder.epochEncodingOffset(), "epoch", batch.epoch(), 0)
            && notBelow(index, "batchIndex", batch.batchIndex(), 0);
    if (sound) {
      cover(buffer, offset, length);
      int data = batch.limit() + Integer.BYTES;
      listener.onPageBatch(batch.epoch(), batch.batchIndex(), buffer, data, batch.dataLength());
    }
    return sound;
  }

  boolean section(DirectBuffer buffer, int offset, int length) {
    section.wrapAndApplyHeader(buffer, offset, header);
    int raw = SectionDecoder.rawLengthEncodingOffset();
    int last = SectionDecoder.lastEncodingOffset();
    boolean sound =
        notBelow(SectionDecoder.epochEncodingOffset(), "epoch", section.epoch(), 0)
            && notBelow(SectionDecoder.indexEncodingOffset(), "index", section.index(), 0)
            && notBelow(raw, "rawLength", section.rawLength(), 0)
            && notAbove(raw, "rawLength", section.rawLength(), WireLimits.MAX_RAW_BYTES)
            && notAbove(last, "last", section.lastRaw(), 1)
            && code(
                SectionDecoder.sectionEncodingOffset(),
                "section",
                section.sectionRaw(),
                SectionKind.FRAMES.value())
            && code(
                SectionDecoder.encodingEncodingOffset(),
                "encoding",
                section.encodingRaw(),
                SectionEncoding.CHUNK.value());
    if (sound) {
      cover(buffer, offset, length);
      sectionHeader.epoch = section.epoch();
      sectionHeader.index = section.index();
      sectionHeader.rawLength = section.rawLength();
      sectionHeader.kind = section.section();
      sectionHeader.encoding = section.encoding();
      sectionHeader.last = section.last() == BooleanType.YES;
      int data = section.limit() + Integer.BYTES;
      listener.onSection(sectionHeader, buffer, data, section.dataLength());
    }
    return sound;
  }

  boolean end(DirectBuffer buffer, int offset, int length) {
    end.wrapAndApplyHeader(buffer, offset, header);
    int position = CheckpointEndDecoder.inputPositionEncodingOffset();
    boolean sound =
        notBelow(CheckpointEndDecoder.epochEncodingOffset(), "epoch", end.epoch(), 0)
            && notBelow(CheckpointEndDecoder.batchesEncodingOffset(), "batches", end.batches(), 0)
            && notBelow(
                CheckpointEndDecoder.sectionsEncodingOffset(), "sections", end.sections(), 0)
            && notBelow(position, "inputPosition", end.inputPosition(), 0);
    if (sound) {
      int covered = CheckpointWriter.END_COVERED_FROM;
      checksum.update(buffer, offset + covered, length - covered);
      fillTrailer();
      listener.onCheckpointEnd(trailer);
    }
    return sound;
  }

  private void fillTrailer() {
    trailer.epoch = end.epoch();
    trailer.batches = end.batches();
    trailer.sections = end.sections();
    trailer.payloadBytes = end.payloadBytes();
    trailer.inputPosition = end.inputPosition();
    trailer.stampNs = end.stampNs();
    trailer.nextTimerNs = end.nextTimerNs();
    trailer.checksum = (int) end.checksum();
    trailer.receivedChecksum = checksum.value();
    trailer.digestLength = end.getDigest(trailer.digest, 0, trailer.digest.length);
  }

  private void cover(DirectBuffer buffer, int offset, int length) {
    int from = CheckpointWriter.COVERED_FROM;
    checksum.update(buffer, offset + from, length - from);
  }

  private boolean notBelow(int blockOffset, String field, long value, long min) {
    return value >= min || check.bad(HEADER + blockOffset, field, min, value);
  }

  private boolean notAbove(int blockOffset, String field, long value, long max) {
    return value <= max || check.bad(HEADER + blockOffset, field, max, value);
  }

  private boolean code(int blockOffset, String field, int value, int max) {
    return (value >= 1 && value <= max)
        || check.bad(HEADER + blockOffset, field + " unknown", max, value);
  }
}
