package org.understudy.vm.net;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.understudy.checkpoint.memory.MemoryBound;

/**
 * Bounds of the guest's network on the primary.
 *
 * @param heldLimitBytes frames held, and frames that QEMU has yet to take back; above it frames are
 *     dropped
 * @param quietNs how long no frame must come before the filters are removed
 * @param quietWaitNs how long such a moment is waited for; then they are removed in any
 */
public record NetSettings(int heldLimitBytes, long quietNs, long quietWaitNs) {
  /** 64 MiB; a pause of 2 ms within a second. */
  public static final NetSettings DEFAULT =
      new NetSettings(64 << 20, TimeUnit.MILLISECONDS.toNanos(2), TimeUnit.SECONDS.toNanos(1));

  private static final int MIN_LIMIT_BYTES = 1 << 20;
  private static final int MAX_LIMIT_BYTES = 1 << 30;

  /** What a network on the primary takes at most; batches of frames grow by doubling. */
  public List<MemoryBound> bounds() {
    return List.of(
        MemoryBound.ofDirect("frames that wait for their commit", "", 2L * heldLimitBytes),
        MemoryBound.ofDirect("frames kept at a switchover", "", InputDiversion.KEPT_BYTES));
  }

  /** Checks the ranges. */
  public NetSettings {
    if (heldLimitBytes < MIN_LIMIT_BYTES || heldLimitBytes > MAX_LIMIT_BYTES) {
      throw new IllegalArgumentException(
          "network: heldLimitBytes is "
              + MIN_LIMIT_BYTES
              + " to "
              + MAX_LIMIT_BYTES
              + ", not "
              + heldLimitBytes);
    }
    if (quietNs < 0 || quietWaitNs < 0) {
      throw new IllegalArgumentException(
          "network: quietNs and quietWaitNs are not negative, not " + quietNs + ", " + quietWaitNs);
    }
  }
}
