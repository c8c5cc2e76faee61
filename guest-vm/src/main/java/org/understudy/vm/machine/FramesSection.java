package org.understudy.vm.machine;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;

/**
 * The frames section of a machine's checkpoint: the number of the last mirrored frame that is in
 * this state (u64, little-endian), then the frames that wait at the primary's gate.
 */
public final class FramesSection {
  public static final int HEADER_BYTES = Long.BYTES;

  private FramesSection() {}

  /** Writes a section and returns its length. */
  public static int write(
      ExpandableDirectByteBuffer into, long mirrorPosition, DirectBuffer records, int length) {
    into.putLong(0, mirrorPosition, ByteOrder.LITTLE_ENDIAN);
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
}
