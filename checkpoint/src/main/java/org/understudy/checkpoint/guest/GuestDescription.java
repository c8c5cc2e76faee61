package org.understudy.checkpoint.guest;

import org.understudy.checkpoint.memory.RegionLayout;

/**
 * What two nodes compare before one protects a guest on the other.
 *
 * @param type guest type and name of the state format, for example {@code service/kv}
 * @param stateFormatVersion version of what is in memory and device state
 * @param layout regions
 * @param deterministic replaying the same inputs gives the same memory and output
 * @param gatedOnBackup output is held at the backup's front (services), else on the primary
 */
public record GuestDescription(
    String type,
    int stateFormatVersion,
    RegionLayout layout,
    boolean deterministic,
    boolean gatedOnBackup) {}
