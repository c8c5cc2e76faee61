package org.understudy.backup.stage;

import org.understudy.protocol.wire.CheckpointTrailer;

/** Where a checkpoint stands in inputs and time; a reused, mutable carrier. */
public final class CommittedPosition {
  private long epoch = -1;
  private long inputPosition;
  private long stampNs;
  private long nextTimerNs = Long.MAX_VALUE;
  private int digestLength;
  private final byte[] digest = new byte[64];

  void set(CheckpointTrailer trailer, long ofEpoch) {
    epoch = ofEpoch;
    inputPosition = trailer.inputPosition;
    stampNs = trailer.stampNs;
    nextTimerNs = trailer.nextTimerNs;
    digestLength = trailer.digestLength;
    System.arraycopy(trailer.digest, 0, digest, 0, digestLength);
  }

  void copy(CommittedPosition other) {
    epoch = other.epoch;
    inputPosition = other.inputPosition;
    stampNs = other.stampNs;
    nextTimerNs = other.nextTimerNs;
    digestLength = other.digestLength;
    System.arraycopy(other.digest, 0, digest, 0, digestLength);
  }

  /** Epoch, -1 for none. */
  public long epoch() {
    return epoch;
  }

  /** Last input consumed in that state. */
  public long inputPosition() {
    return inputPosition;
  }

  /** Stamp of the last event in that state. */
  public long stampNs() {
    return stampNs;
  }

  /** Stamp at which the guest wants a timer input; {@link Long#MAX_VALUE} for none. */
  public long nextTimerNs() {
    return nextTimerNs;
  }

  /** Digest of the primary's memory at that epoch; empty if none was taken. */
  public byte[] digest() {
    return java.util.Arrays.copyOf(digest, digestLength);
  }

  /** Whether the primary sent a digest. */
  public boolean hasDigest() {
    return digestLength > 0;
  }
}
