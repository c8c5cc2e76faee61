package org.understudy.checkpoint.image;

import org.agrona.DirectBuffer;
import org.understudy.checkpoint.codec.decode.EpochDecoder;
import org.understudy.checkpoint.memory.GuestMemory;

/**
 * The backup's copy of memory: it moves from epoch n to n+1 at once or not at all. Batches of an
 * epoch are staged by {@link #accept}; {@link #apply} moves the image. For one thread.
 */
public final class Image implements AutoCloseable {
  /** Epoch of an image that holds nothing yet. */
  public static final long EMPTY = -1;

  private final GuestMemory memory;
  private final EpochDecoder decoder;
  private long epoch = EMPTY;
  private long staging = EMPTY;

  /**
   * An empty image on memory that is as the encoder takes it to be, zeroed or described to it, with
   * a limit of staged bytes; the memory stays the caller's.
   */
  public Image(GuestMemory memory, long maxStagedBytes) {
    this.memory = memory;
    this.decoder = new EpochDecoder(memory, maxStagedBytes);
  }

  /** The epoch at which the image is; {@link #EMPTY} before epoch 0 was applied. */
  public long epoch() {
    return epoch;
  }

  /** Memory of the image, as it was at the end of {@link #epoch}. */
  public GuestMemory memory() {
    return memory;
  }

  /**
   * Starts staging the next epoch; what was staged before is dropped.
   *
   * @throws IllegalArgumentException when it does not follow the image's epoch
   */
  public void begin(long nextEpoch) {
    if (nextEpoch != epoch + 1) {
      throw new IllegalArgumentException(
          "epoch " + nextEpoch + " does not follow the image's epoch " + epoch);
    }
    decoder.begin(nextEpoch);
    staging = nextEpoch;
  }

  /** Validates and stages one batch; see {@link EpochDecoder#accept}. */
  public void accept(DirectBuffer buffer, int offset, int length) {
    decoder.accept(buffer, offset, length);
  }

  /** Moves the image to the staged epoch. */
  public void apply() {
    if (staging != epoch + 1) {
      throw new IllegalStateException("no epoch is staged on top of epoch " + epoch);
    }
    decoder.apply();
    epoch = staging;
  }

  /** Drops what is staged; the image stays where it is. */
  public void discard() {
    decoder.discard();
    staging = EMPTY;
  }

  /** Bytes staged. */
  public long stagedBytes() {
    return decoder.stagedBytes();
  }

  /** Batches accepted in the staged epoch. */
  public int stagedBatches() {
    return decoder.batches();
  }

  @Override
  public void close() {
    decoder.close();
  }
}
