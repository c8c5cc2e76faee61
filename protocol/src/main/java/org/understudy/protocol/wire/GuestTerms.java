package org.understudy.protocol.wire;

import java.util.List;

/**
 * What the two nodes of a pair compare of the guest in the handshake.
 *
 * @param type guest type and name of its state format
 * @param stateFormatVersion version of what is in memory and device state
 * @param regions regions in order
 * @param deterministic replaying the same inputs gives the same memory and output
 * @param gatedOnBackup output is held at the backup's front, else on the primary
 */
public record GuestTerms(
    String type,
    int stateFormatVersion,
    List<Region> regions,
    boolean deterministic,
    boolean gatedOnBackup) {
  /** Copies the list. */
  public GuestTerms {
    regions = List.copyOf(regions);
  }

  /**
   * One region of guest memory.
   *
   * @param name unique inside the guest
   * @param lengthBytes a positive multiple of 4096
   */
  public record Region(String name, long lengthBytes) {}
}
