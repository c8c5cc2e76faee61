package org.understudy.primary.ship;

import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.codec.encode.EncodeStats;
import org.understudy.checkpoint.codec.encode.EpochEncoder;
import org.understudy.checkpoint.codec.format.CodecSettings;
import org.understudy.checkpoint.codec.section.SectionCodec;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.memory.MemoryBound;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.protocol.codecs.CheckpointKind;
import org.understudy.protocol.codecs.SectionEncoding;
import org.understudy.protocol.codecs.SectionKind;
import org.understudy.protocol.wire.CheckpointTrailer;
import org.understudy.protocol.wire.CheckpointWriter;
import org.understudy.protocol.wire.WireLimits;

/**
 * Encodes one capture at a time into the {@link RetainedLog}, one slice per duty cycle, so that
 * heartbeats and acks never wait for a large epoch. Not thread safe.
 */
public final class CaptureEncoder implements AutoCloseable {
  private static final int BATCH_BYTES = WireLimits.BATCH_DATA_BYTES;
  private static final int RAW_PIECE_BYTES = WireLimits.MAX_DATA_BYTES - SectionCodec.HEADER_BYTES;
  private static final SectionKind[] SECTIONS = {
    SectionKind.DEVICE_STATE, SectionKind.OUTPUT, SectionKind.DISK_WRITES, SectionKind.FRAMES
  };

  private enum Step {
    IDLE,
    PAGES,
    SECTIONS,
    END
  }

  private final RetainedLog log;
  private final EpochEncoder encoder;
  private final SectionCodec sectionCodec = new SectionCodec();
  private final boolean compressSections;
  private final CheckpointWriter writer = new CheckpointWriter();
  private final CheckpointTrailer trailer = new CheckpointTrailer();
  private final long[] sectionWireBytes = new long[SECTIONS.length];
  private Step step = Step.IDLE;
  private Capture capture;
  private long epoch;
  private long beginPosition;
  private int section;
  private int sectionOffset;

  /** A shipper with the codec of a preset. */
  public CaptureEncoder(CodecSettings settings, RegionLayout layout, RetainedLog log) {
    this.log = log;
    this.encoder = new EpochEncoder(settings, layout);
    this.compressSections =
        settings.compressor() != org.understudy.checkpoint.codec.format.Compressor.NONE;
  }

  /** What a shipper takes at most beside its log. */
  public static List<MemoryBound> bounds(CodecSettings settings, RegionLayout layout) {
    List<MemoryBound> bounds = new ArrayList<>(EpochEncoder.bounds(settings, layout));
    bounds.add(MemoryBound.ofNative("section codec", "", SectionCodec.CEILING_BYTES));
    return bounds;
  }

  /** Whether a new capture can be started. */
  public boolean isIdle() {
    return step == Step.IDLE;
  }

  /** Epoch of the capture in work, or of the last one. */
  public long epoch() {
    return epoch;
  }

  /** Position in the log of the first message of the capture in work, or of the last one. */
  public long beginPosition() {
    return beginPosition;
  }

  /**
   * Starts on a capture, which the shipper releases when all of it is encoded.
   *
   * @param digest digest of memory at the capture, or null
   * @return false if the log has no room yet
   */
  public boolean begin(
      Capture newCapture, long ofEpoch, int round, long releasedEpoch, byte[] digest) {
    if (step != Step.IDLE) {
      throw new IllegalStateException("epoch " + epoch + " is still being encoded");
    }
    if (!log.reserve(CheckpointWriter.BEGIN_BYTES)) {
      return false;
    }
    beginPosition = log.appendPosition();
    int length =
        writer.begin(
            log.buffer(), log.offset(), ofEpoch, kindOf(newCapture.kind()), round, releasedEpoch);
    log.commit(length);
    encoder.begin(ofEpoch, newCapture.pages());
    trailer.inputPosition = newCapture.inputPosition();
    trailer.stampNs = newCapture.stampNs();
    trailer.nextTimerNs = newCapture.nextTimerNs();
    trailer.digestLength = digest == null ? 0 : digest.length;
    if (digest != null) {
      System.arraycopy(digest, 0, trailer.digest, 0, digest.length);
    }
    capture = newCapture;
    epoch = ofEpoch;
    section = 0;
    sectionOffset = 0;
    step = Step.PAGES;
    return true;
  }

  private static CheckpointKind kindOf(CaptureKind kind) {
    return switch (kind) {
      case ROUND -> CheckpointKind.ROUND;
      // What the backup does with them is the same: the register says who goes on after it.
      case CHECKPOINT, GATE, HANDOVER -> CheckpointKind.CHECKPOINT;
      case FINAL -> CheckpointKind.FINAL;
      case NONE -> throw new IllegalArgumentException("a capture has a kind");
    };
  }

  /**
   * One slice of encoding.
   *
   * @return true if something was done; false when idle or the log is full
   */
  public boolean slice() {
    return switch (step) {
      case IDLE -> false;
      case PAGES -> encodePages();
      case SECTIONS -> encodeSection();
      case END -> encodeEnd();
    };
  }

  private boolean encodePages() {
    if (!log.reserve(CheckpointWriter.BATCH_OVERHEAD + BATCH_BYTES)) {
      return false;
    }
    UnsafeBuffer buffer = log.buffer();
    int at = log.offset();
    int length = encoder.encodeSlice(buffer, at + CheckpointWriter.BATCH_OVERHEAD, BATCH_BYTES);
    if (length > 0) {
      log.commit(writer.batch(buffer, at, length));
    } else if (length == 0) {
      step = Step.SECTIONS;
    }
    return true;
  }

  private boolean encodeSection() {
    while (section < SECTIONS.length && sectionLength() == 0) {
      section++;
    }
    if (section == SECTIONS.length) {
      step = Step.END;
      return true;
    }
    int raw = Math.min(RAW_PIECE_BYTES, sectionLength() - sectionOffset);
    int room = CheckpointWriter.SECTION_OVERHEAD + SectionCodec.maxEncodedLength(raw);
    if (!log.reserve(room)) {
      return false;
    }
    writePiece(raw);
    sectionOffset += raw;
    if (sectionOffset == sectionLength()) {
      section++;
      sectionOffset = 0;
    }
    return true;
  }

  private void writePiece(int raw) {
    UnsafeBuffer buffer = log.buffer();
    int at = log.offset();
    int data = at + CheckpointWriter.SECTION_OVERHEAD;
    int length = raw;
    SectionEncoding encoding = SectionEncoding.RAW;
    if (compressSections) {
      length = sectionCodec.encode(sectionBuffer(), sectionOffset, raw, buffer, data);
      encoding = SectionEncoding.CHUNK;
    } else {
      buffer.putBytes(data, sectionBuffer(), sectionOffset, raw);
    }
    boolean last = sectionOffset + raw == sectionLength();
    int message = writer.section(buffer, at, SECTIONS[section], encoding, raw, last, length);
    log.commit(message);
    sectionWireBytes[section] += length;
  }

  private int sectionLength() {
    return switch (SECTIONS[section]) {
      case DEVICE_STATE -> capture.deviceStateLength();
      case OUTPUT -> capture.outputLength();
      case DISK_WRITES -> capture.diskWritesLength();
      default -> capture.framesLength();
    };
  }

  private DirectBuffer sectionBuffer() {
    return switch (SECTIONS[section]) {
      case DEVICE_STATE -> capture.deviceState();
      case OUTPUT -> capture.output();
      case DISK_WRITES -> capture.diskWrites();
      default -> capture.frames();
    };
  }

  private boolean encodeEnd() {
    if (!log.reserve(CheckpointWriter.MAX_END_BYTES)) {
      return false;
    }
    log.commit(writer.end(log.buffer(), log.offset(), trailer));
    Capture done = capture;
    capture = null;
    step = Step.IDLE;
    done.release();
    return true;
  }

  /** The copy that begins goes over what the backup holds; see {@link EpochEncoder#awaitBase}. */
  public void awaitBase() {
    encoder.awaitBase();
  }

  /** See {@link EpochEncoder#base}. */
  public boolean base(int firstPage, DirectBuffer hashes, int offset, int length) {
    return encoder.base(firstPage, hashes, offset, length);
  }

  /** Drops the capture in work and forgets everything shipped: a full copy follows. */
  public void reset() {
    if (capture != null) {
      Capture dropped = capture;
      capture = null;
      dropped.release();
    }
    step = Step.IDLE;
    encoder.reset();
  }

  /** Payload bytes of a section kind so far, as encoded. */
  public long sectionBytes(SectionKind kind) {
    for (int i = 0; i < SECTIONS.length; i++) {
      if (SECTIONS[i] == kind) {
        return sectionWireBytes[i];
      }
    }
    return 0;
  }

  /** Pages of the capture in work that are still to be encoded; any thread, may lag. */
  public long pagesLeft() {
    return encoder.pagesLeft();
  }

  /** Counters of the page codec. */
  public EncodeStats stats() {
    return encoder.stats();
  }

  /** Shadow, hashes and sharing index, in bytes. */
  public long memoryBytes() {
    return encoder.memoryBytes();
  }

  @Override
  public void close() {
    encoder.close();
    sectionCodec.close();
  }
}
