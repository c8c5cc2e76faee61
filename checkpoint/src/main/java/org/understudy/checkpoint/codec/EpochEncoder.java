package org.understudy.checkpoint.codec;

import org.agrona.MutableDirectBuffer;
import org.understudy.checkpoint.guest.CapturedPages;
import org.understudy.checkpoint.memory.RegionLayout;

/**
 * Turns captures into batches. For one thread. What it remembers of shipped content (the shadow)
 * runs ahead of the backup by the batches it has returned, so those must be kept until acked; where
 * they are lost, {@link #reset} and a full copy follow.
 */
public final class EpochEncoder implements AutoCloseable {
  /** Result of {@link #encodeSlice}: nothing to ship yet, call again. */
  public static final int PENDING = -1;

  /** Smallest {@code maxLength} of a batch. */
  public static final int MIN_BATCH_BYTES = 16 * 1024;

  /** Largest batch, whatever {@code maxLength} is. */
  public static final int MAX_BATCH_BYTES = 256 * 1024;

  private final EncodeStats stats = new EncodeStats();

  /** An encoder whose backup holds zeros everywhere. */
  public EpochEncoder(CodecSettings settings, RegionLayout layout) {}

  /**
   * Starts on a capture. Several captures of the same epoch (the rounds of epoch 0) follow each
   * other with the same number; any other number starts a new epoch.
   *
   * @throws IllegalStateException when the capture before is not encoded to its end
   */
  public void begin(long epoch, CapturedPages pages) {
    throw new UnsupportedOperationException();
  }

  /**
   * Writes the next batch, at most {@code maxLength} and at most {@link #MAX_BATCH_BYTES}. Takes
   * about a millisecond at worst.
   *
   * @return its bytes; 0 when the capture is encoded to its end
   */
  public int encodeNext(MutableDirectBuffer dst, int offset, int maxLength) {
    throw new UnsupportedOperationException();
  }

  /**
   * Like {@link #encodeNext} in slices of about a fifth of a millisecond; {@code maxLength} stays
   * the same until a batch is returned.
   *
   * @return bytes of a batch, 0 at the end, or {@link #PENDING}
   */
  public int encodeSlice(MutableDirectBuffer dst, int offset, int maxLength) {
    throw new UnsupportedOperationException();
  }

  /** Measured speed of the link, which the choice of the compressor depends on; 0 if unknown. */
  public void linkBytesPerSecond(long bytesPerSecond) {}

  /** Forgets everything shipped: the backup starts from zeros, and a full copy follows. */
  public void reset() {}

  /** Counters. */
  public EncodeStats stats() {
    return stats;
  }

  /** Memory held for shadow, hashes and sharing index, in bytes. */
  public long memoryBytes() {
    return 0;
  }

  @Override
  public void close() {}
}
