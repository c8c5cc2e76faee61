package org.understudy.backup.stage;

import org.agrona.DirectBuffer;
import org.understudy.checkpoint.codec.decode.StagingLimitException;
import org.understudy.checkpoint.codec.format.CorruptBatchException;
import org.understudy.checkpoint.codec.section.SectionCodec;
import org.understudy.checkpoint.guest.OutputRecords;
import org.understudy.checkpoint.image.Image;
import org.understudy.protocol.codecs.CheckpointKind;
import org.understudy.protocol.codecs.SectionKind;
import org.understudy.protocol.wire.CheckpointTrailer;
import org.understudy.protocol.wire.SectionHeader;

/**
 * Holds one checkpoint until it is whole and verified, then moves image, device state, input
 * position and clock together. Whatever is wrong with what arrives, the image stays at its epoch.
 */
public final class CheckpointStage implements AutoCloseable {
  private final Image image;
  private final SectionCodec codec = new SectionCodec();
  private final StagedSections staged;

  /** Of a committed checkpoint only the device state is needed on: output left at the commit. */
  private SectionBuffer deviceState;

  private final CommittedPosition position = new CommittedPosition();
  private final CommittedPosition next = new CommittedPosition();
  private boolean open;
  private boolean whole;
  private boolean rounds;
  private int batches;
  private int sections;
  private long payloadBytes;
  private long epoch;

  /**
   * A stage for an image.
   *
   * @param sectionLimitBytes limit of all sections of one checkpoint together
   * @param deviceLimitBytes limit of the device state among them, which is kept on
   */
  public CheckpointStage(Image image, int sectionLimitBytes, int deviceLimitBytes) {
    this.image = image;
    staged = new StagedSections(sectionLimitBytes, deviceLimitBytes);
    deviceState = new SectionBuffer("DEVICE_STATE", deviceLimitBytes);
  }

  /** A checkpoint, or a round of epoch 0, starts; an unfinished one before it is dropped. */
  public void begin(long newEpoch, CheckpointKind kind) {
    boolean continuesRounds = rounds && newEpoch == 0 && epoch == 0;
    if (kind == CheckpointKind.ROUND && newEpoch != 0) {
      throw new CorruptCheckpointException(
          "a round in epoch " + newEpoch + ", rounds are of epoch 0");
    }
    if (!continuesRounds) {
      if (newEpoch != image.epoch() + 1) {
        throw new CorruptCheckpointException(
            "epoch " + newEpoch + " begins on an image at epoch " + image.epoch());
      }
      image.begin(newEpoch);
    }
    rounds = kind == CheckpointKind.ROUND;
    epoch = newEpoch;
    open = true;
    whole = false;
    batches = 0;
    sections = 0;
    payloadBytes = 0;
    staged.clear();
  }

  /** One batch of pages. */
  public void batch(long ofEpoch, int index, DirectBuffer buffer, int offset, int length) {
    requireOpen("page batch", ofEpoch);
    if (index != batches || sections > 0) {
      throw new CorruptCheckpointException(
          "epoch " + epoch + ": batch " + index + " where " + batches + " is next");
    }
    try {
      image.accept(buffer, offset, length);
    } catch (CorruptBatchException | StagingLimitException e) {
      throw new CorruptCheckpointException("epoch " + epoch + ", batch " + index, e);
    }
    batches++;
    payloadBytes += length;
  }

  /** A piece of another part. */
  public void section(SectionHeader header, DirectBuffer buffer, int offset, int length) {
    requireOpen("section", header.epoch);
    if (header.index != sections) {
      throw new CorruptCheckpointException(
          "epoch " + epoch + ": section " + header.index + " where " + sections + " is next");
    }
    staged.add(header, buffer, offset, length, codec);
    sections++;
    payloadBytes += length;
  }

  /** The sequence ends: afterwards the checkpoint is whole, or it was refused. */
  public void end(CheckpointTrailer trailer) {
    requireOpen("checkpoint end", trailer.epoch);
    if (trailer.batches != batches
        || trailer.sections != sections
        || trailer.payloadBytes != payloadBytes) {
      throw new CorruptCheckpointException(
          "epoch %d has %d batches, %d sections, %d bytes; its end says %d, %d, %d"
              .formatted(
                  epoch,
                  batches,
                  sections,
                  payloadBytes,
                  trailer.batches,
                  trailer.sections,
                  trailer.payloadBytes));
    }
    if (trailer.checksum != trailer.receivedChecksum) {
      throw new CorruptCheckpointException(
          "epoch %d has checksum %08x, its end says %08x"
              .formatted(epoch, trailer.receivedChecksum, trailer.checksum));
    }
    staged.requireComplete();
    requireOnlyDiskWritesInRound();
    requireValidOutput();
    next.set(trailer, epoch);
    open = false;
    whole = !rounds;
  }

  private void requireOnlyDiskWritesInRound() {
    int diskWrites = staged.length(SectionKind.DISK_WRITES);
    if (rounds && staged.stagedBytes() > diskWrites) {
      throw new CorruptCheckpointException("a round carries more than pages and disk writes");
    }
  }

  private void requireValidOutput() {
    try {
      OutputRecords.validate(
          staged.buffer(SectionKind.OUTPUT), 0, staged.length(SectionKind.OUTPUT));
    } catch (IllegalArgumentException e) {
      throw new CorruptCheckpointException("epoch " + epoch, e);
    }
  }

  private void requireOpen(String what, long ofEpoch) {
    if (!open || ofEpoch != epoch) {
      throw new CorruptCheckpointException(
          what + " of epoch " + ofEpoch + (open ? " inside epoch " + epoch : " without a begin"));
    }
  }

  /** A whole, verified checkpoint waits to be committed. */
  public boolean isWhole() {
    return whole;
  }

  /** Epoch of the checkpoint that is staged or waits to be committed. */
  public long epoch() {
    return epoch;
  }

  /** Sections of the checkpoint that waits to be committed, or of the round that just ended. */
  public StagedSections stagedSections() {
    return staged;
  }

  /** Moves everything to the staged checkpoint at once. */
  public void apply() {
    if (!whole) {
      throw new IllegalStateException("epoch " + epoch + " is not whole");
    }
    image.apply();
    deviceState = staged.exchange(SectionKind.DEVICE_STATE, deviceState);
    staged.clear();
    position.copy(next);
    whole = false;
  }

  /** Drops what is staged; image and committed sections stay. */
  public void discard() {
    open = false;
    whole = false;
    rounds = false;
    image.discard();
    staged.clear();
  }

  /** Most memory that a stage with these limits takes beside the pages of the image. */
  public static long ceilingBytes(int sectionLimitBytes, int deviceLimitBytes) {
    return (long) sectionLimitBytes + deviceLimitBytes;
  }

  /** Memory of sections that may be backed by pages of the host. */
  long touchedBytes() {
    return staged.touchedBytes() + deviceState.touchedBytes();
  }

  /** Device state at the image's epoch, from 0 to {@link #deviceStateLength}. */
  public DirectBuffer deviceState() {
    return deviceState.buffer();
  }

  /** Bytes of the device state at the image's epoch. */
  public int deviceStateLength() {
    return deviceState.length();
  }

  /** Input position, clock and digest at the image's epoch. */
  public CommittedPosition position() {
    return position;
  }

  /** Position of the staged checkpoint. */
  public CommittedPosition stagedPosition() {
    return next;
  }

  /** The image. */
  public Image image() {
    return image;
  }

  /** Bytes held for the checkpoint that is being received. */
  public long stagedBytes() {
    return image.stagedBytes() + staged.stagedBytes();
  }

  @Override
  public void close() {
    image.close();
    codec.close();
    staged.close();
    deviceState.close();
  }
}
