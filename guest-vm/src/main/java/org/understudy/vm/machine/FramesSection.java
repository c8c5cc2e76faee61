package org.understudy.vm.machine;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;

/**
 * The frames section of a machine's checkpoint, little-endian: the number of the last mirrored
 * frame that is in this state (u64), how far the guest's clock had fallen behind before this pause,
 * in nanoseconds (i64), and the host's time of the pause, in microseconds since 1970 (i64); then
 * the frames that wait at the primary's gate.
 */
public final class FramesSection {
  public static final int HEADER_BYTES = 3 * Long.BYTES;
  private static final int CLOCK_LAG_AT = Long.BYTES;
  private static final int PAUSED_AT = 2 * Long.BYTES;

  private FramesSection() {}

  /** Writes a section and returns its length. */
  public static int write(
      ExpandableDirectByteBuffer into,
      long mirrorPosition,
      long clockLagNs,
      long pausedAtUs,
      DirectBuffer records,
      int length) {
    into.putLong(0, mirrorPosition, ByteOrder.LITTLE_ENDIAN);
    into.putLong(CLOCK_LAG_AT, clockLagNs, ByteOrder.LITTLE_ENDIAN);
    into.putLong(PAUSED_AT, pausedAtUs, ByteOrder.LITTLE_ENDIAN);
    into.putBytes(HEADER_BYTES, records, 0, length);
    return HEADER_BYTES + length;
  }

  /**
   * Number of the last mirrored frame that is in this state.
   *
   * @throws IllegalArgumentException where the section is too short
   */
  public static long mirrorPosition(DirectBuffer section, int length) {
    if (length < HEADER_BYTES) {
      throw new IllegalArgumentException("frames section of " + length + " bytes");
    }
    return section.getLong(0, ByteOrder.LITTLE_ENDIAN);
  }

  /** How far the guest's clock had fallen behind before this pause. */
  public static long clockLagNs(DirectBuffer section) {
    return section.getLong(CLOCK_LAG_AT, ByteOrder.LITTLE_ENDIAN);
  }

  /** The host's time of the pause. */
  public static long pausedAtUs(DirectBuffer section) {
    return section.getLong(PAUSED_AT, ByteOrder.LITTLE_ENDIAN);
  }
}
