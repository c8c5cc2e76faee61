package org.understudy.checkpoint.codec;

import org.agrona.DirectBuffer;
import org.understudy.checkpoint.memory.GuestMemory;

/**
 * Validates and stages the batches of one epoch, then moves the memory at once. Input is hostile:
 * whatever arrives, memory is unchanged until {@link #apply}. For one thread. Epoch 0 is the
 * exception: its batches are applied as they are accepted, since memory counts for nothing before
 * epoch 0 is committed.
 */
public final class EpochDecoder implements AutoCloseable {
  /** Default limit of staged bytes. */
  public static final long DEFAULT_STAGING_BYTES = 1L << 30;

  /** A decoder onto zeroed memory (or memory of a committed epoch). */
  public EpochDecoder(GuestMemory memory, long maxStagedBytes) {}

  /** Starts staging an epoch; what was staged before is dropped. */
  public void begin(long epoch) {
    throw new UnsupportedOperationException();
  }

  /**
   * Validates one batch and stages it.
   *
   * @throws CorruptBatchException naming offset and reason; memory is unchanged, the epoch cannot
   *     be applied any more
   * @throws StagingLimitException when the epoch needs more than the limit; the same holds
   */
  public void accept(DirectBuffer buffer, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  /** Moves memory to the staged epoch; cannot fail. Nothing is staged afterwards. */
  public void apply() {
    throw new UnsupportedOperationException();
  }

  /** Drops what is staged. */
  public void discard() {}

  /** Bytes staged. */
  public long stagedBytes() {
    return 0;
  }

  /** Batches accepted in this epoch. */
  public int batches() {
    return 0;
  }

  @Override
  public void close() {}
}
