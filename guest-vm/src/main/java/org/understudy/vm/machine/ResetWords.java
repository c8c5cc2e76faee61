package org.understudy.vm.machine;

import java.util.concurrent.TimeUnit;

/**
 * When a reset of the guest is worth a line: the firmware and the kernel reset a machine by several
 * ways one after the other, and QEMU tells each of them.
 */
final class ResetWords {
  /** Under emulation the tries of one reboot are some hundred milliseconds apart. */
  private static final long ONE_REBOOT_NS = TimeUnit.SECONDS.toNanos(3);

  private boolean wasReset;
  private long lastNs;

  /** Whether the reset that happened then begins a reboot. */
  boolean isFirst(long happenedNs) {
    boolean first = !wasReset || happenedNs - lastNs > ONE_REBOOT_NS;
    wasReset = true;
    lastNs = happenedNs;
    return first;
  }
}
