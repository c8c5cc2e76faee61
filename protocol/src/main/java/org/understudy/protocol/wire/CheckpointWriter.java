package org.understudy.protocol.wire;

import java.nio.ByteOrder;
import java.util.Objects;
import org.agrona.MutableDirectBuffer;
import org.understudy.protocol.codecs.BooleanType;
import org.understudy.protocol.codecs.CheckpointBeginEncoder;
import org.understudy.protocol.codecs.CheckpointEndEncoder;
import org.understudy.protocol.codecs.CheckpointKind;
import org.understudy.protocol.codecs.MessageHeaderEncoder;
import org.understudy.protocol.codecs.PageBatchEncoder;
import org.understudy.protocol.codecs.SectionEncoder;
import org.understudy.protocol.codecs.SectionEncoding;
import org.understudy.protocol.codecs.SectionKind;

/**
 * Encodes the messages of one checkpoint after the other into buffers of the caller, which keeps
 * them until they are acked and sends them with {@link MessageSender#send}, as often as needed. It
 * counts batches, sections and payload and keeps the checksum of the sequence. Not thread safe.
 */
public final class CheckpointWriter {
  /** Bytes of a PageBatch message before its data. */
  public static final int BATCH_OVERHEAD =
      MessageHeaderEncoder.ENCODED_LENGTH
          + PageBatchEncoder.BLOCK_LENGTH
          + PageBatchEncoder.dataHeaderLength();

  /** Bytes of a Section message before its data. */
  public static final int SECTION_OVERHEAD =
      MessageHeaderEncoder.ENCODED_LENGTH
          + SectionEncoder.BLOCK_LENGTH
          + SectionEncoder.dataHeaderLength();

  /** Bytes of a CheckpointBegin message. */
  public static final int BEGIN_BYTES =
      MessageHeaderEncoder.ENCODED_LENGTH + CheckpointBeginEncoder.BLOCK_LENGTH;

  /** Most bytes of a CheckpointEnd message. */
  public static final int MAX_END_BYTES =
      MessageHeaderEncoder.ENCODED_LENGTH
          + CheckpointEndEncoder.BLOCK_LENGTH
          + CheckpointEndEncoder.digestHeaderLength()
          + WireLimits.MAX_DIGEST_BYTES;

  /** Where the checksum starts to cover a message: behind header, generation and link session. */
  static final int COVERED_FROM = MessageHeaderEncoder.ENCODED_LENGTH + 2 * Long.BYTES;

  /** Where the checksum starts to cover CheckpointEnd: behind the checksum itself as well. */
  static final int END_COVERED_FROM = COVERED_FROM + Integer.BYTES;

  private final MessageHeaderEncoder header = new MessageHeaderEncoder();
  private final CheckpointBeginEncoder beginEncoder = new CheckpointBeginEncoder();
  private final PageBatchEncoder batchEncoder = new PageBatchEncoder();
  private final SectionEncoder sectionEncoder = new SectionEncoder();
  private final CheckpointEndEncoder endEncoder = new CheckpointEndEncoder();
  private final EpochChecksum checksum = new EpochChecksum();
  private long epoch = -1;
  private int batches;
  private int sections;
  private long payloadBytes;

  /** Starts a sequence; returns the length of the message. */
  public int begin(
      MutableDirectBuffer buffer,
      int offset,
      long newEpoch,
      CheckpointKind kind,
      int round,
      long releasedEpoch) {
    beginEncoder
        .wrapAndApplyHeader(buffer, offset, header)
        .generation(0)
        .linkSession(0)
        .epoch(newEpoch)
        .releasedEpoch(releasedEpoch)
        .round(round)
        .kind(kind);
    epoch = newEpoch;
    batches = 0;
    sections = 0;
    payloadBytes = 0;
    checksum.reset();
    return covered(buffer, offset, BEGIN_BYTES);
  }

  /**
   * Completes a PageBatch at {@code offset}, whose data the caller has already written at {@code
   * offset + BATCH_OVERHEAD}; returns the length of the message.
   */
  public int batch(MutableDirectBuffer buffer, int offset, int dataLength) {
    checkDataLength(dataLength);
    batchEncoder
        .wrapAndApplyHeader(buffer, offset, header)
        .generation(0)
        .linkSession(0)
        .epoch(epoch)
        .batchIndex(batches++);
    payloadBytes += dataLength;
    buffer.putInt(offset + BATCH_OVERHEAD - Integer.BYTES, dataLength, ByteOrder.LITTLE_ENDIAN);
    return covered(buffer, offset, BATCH_OVERHEAD + dataLength);
  }

  /**
   * Completes a Section at {@code offset}, whose data the caller has already written at {@code
   * offset + SECTION_OVERHEAD}; returns the length of the message.
   */
  public int section(
      MutableDirectBuffer buffer,
      int offset,
      SectionKind kind,
      SectionEncoding encoding,
      int rawLength,
      boolean last,
      int dataLength) {
    checkDataLength(dataLength);
    Objects.checkIndex(rawLength, WireLimits.MAX_RAW_BYTES + 1);
    sectionEncoder
        .wrapAndApplyHeader(buffer, offset, header)
        .generation(0)
        .linkSession(0)
        .epoch(epoch)
        .index(sections++)
        .rawLength(rawLength)
        .section(kind)
        .encoding(encoding)
        .last(last ? BooleanType.YES : BooleanType.NO);
    payloadBytes += dataLength;
    buffer.putInt(offset + SECTION_OVERHEAD - Integer.BYTES, dataLength, ByteOrder.LITTLE_ENDIAN);
    return covered(buffer, offset, SECTION_OVERHEAD + dataLength);
  }

  /**
   * Ends the sequence: takes positions, times and digest from the trailer and fills in its epoch,
   * counts and checksum; returns the length of the message.
   */
  public int end(MutableDirectBuffer buffer, int offset, CheckpointTrailer trailer) {
    trailer.epoch = epoch;
    trailer.batches = batches;
    trailer.sections = sections;
    trailer.payloadBytes = payloadBytes;
    endEncoder
        .wrapAndApplyHeader(buffer, offset, header)
        .generation(0)
        .linkSession(0)
        .batches(batches)
        .epoch(epoch)
        .payloadBytes(payloadBytes)
        .inputPosition(trailer.inputPosition)
        .stampNs(trailer.stampNs)
        .nextTimerNs(trailer.nextTimerNs)
        .sections(sections)
        .putDigest(trailer.digest, 0, trailer.digestLength);
    int length = MessageHeaderEncoder.ENCODED_LENGTH + endEncoder.encodedLength();
    checksum.update(buffer, offset + END_COVERED_FROM, length - END_COVERED_FROM);
    trailer.checksum = checksum.value();
    endEncoder.checksum(Integer.toUnsignedLong(trailer.checksum));
    return length;
  }

  private int covered(MutableDirectBuffer buffer, int offset, int length) {
    checksum.update(buffer, offset + COVERED_FROM, length - COVERED_FROM);
    return length;
  }

  private static void checkDataLength(int dataLength) {
    if (dataLength < 0 || dataLength > WireLimits.MAX_DATA_BYTES) {
      throw new IllegalArgumentException(
          "data of a message must have 0 to "
              + WireLimits.MAX_DATA_BYTES
              + " bytes: "
              + dataLength);
    }
  }
}
