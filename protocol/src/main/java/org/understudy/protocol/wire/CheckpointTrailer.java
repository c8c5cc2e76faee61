package org.understudy.protocol.wire;

/**
 * What a CheckpointEnd says; a reused, mutable carrier. Fields as in the schema; the checksum and
 * the counts are filled in by {@link CheckpointWriter} and compared by the receiver.
 */
public final class CheckpointTrailer {
  /** Epoch. */
  public long epoch;

  /** Number of PageBatch messages. */
  public int batches;

  /** Number of Section messages. */
  public int sections;

  /** Sum of the data lengths of all batches and sections. */
  public long payloadBytes;

  /** Last input consumed in this state, 0 for none. */
  public long inputPosition;

  /** Stamp of the last event in this state. */
  public long stampNs;

  /** Stamp at which the guest wants its next timer input, {@link Long#MAX_VALUE} for none. */
  public long nextTimerNs;

  /** CRC-32C as sent, see the schema. */
  public int checksum;

  /** CRC-32C over what was received (receiver only): equal to {@link #checksum} or damaged. */
  public int receivedChecksum;

  /** Bytes of {@link #digest} in use, 0 for none. */
  public int digestLength;

  /** Digest of the guest's memory, for verify. */
  public final byte[] digest = new byte[WireLimits.MAX_DIGEST_BYTES];
}
