package org.understudy.vm.disk.primary;

import java.util.concurrent.TimeUnit;
import org.understudy.checkpoint.memory.MemoryBound;

/**
 * Bounds of the log of disk writes.
 *
 * @param markBytes from here on an early capture is asked for, and answers to writes are held back,
 *     the longer the fuller the log is
 * @param limitBytes the log takes no more: the disks must be copied again
 * @param holdBackNs how long an answer is held back when the log is full
 * @param copyBytesPerSecond most that the initial copy reads: rounds have no ack, so this is what
 *     keeps a backup with slower disks from having to refuse them
 */
public record DiskLogSettings(
    int markBytes, int limitBytes, long holdBackNs, long copyBytesPerSecond) {
  private static final long COPY_BYTES_PER_SECOND = 256L << 20;

  /** 64 MiB of an epoch, 256 MiB at most. */
  public static final DiskLogSettings DEFAULT =
      new DiskLogSettings(64 << 20, 256 << 20, TimeUnit.MILLISECONDS.toNanos(100));

  /** With a copy of 256 MiB/s at most. */
  public DiskLogSettings(int markBytes, int limitBytes, long holdBackNs) {
    this(markBytes, limitBytes, holdBackNs, COPY_BYTES_PER_SECOND);
  }

  private static final int MAX_LIMIT_BYTES = 1 << 30;

  /** What a log takes at most: the epoch that runs and the one that is captured. */
  public MemoryBound bound() {
    return MemoryBound.ofNative("writes to disks", "", 2L * limitBytes);
  }

  /** Checks the relations. */
  public DiskLogSettings {
    if (markBytes < 1 || limitBytes < markBytes || limitBytes > MAX_LIMIT_BYTES) {
      throw new IllegalArgumentException(
          "disk log: 1 <= markBytes <= limitBytes <= "
              + MAX_LIMIT_BYTES
              + ", not "
              + markBytes
              + " and "
              + limitBytes);
    }
    if (copyBytesPerSecond < 1) {
      throw new IllegalArgumentException("disk log: copyBytesPerSecond is " + copyBytesPerSecond);
    }
    if (holdBackNs < 0) {
      throw new IllegalArgumentException("disk log: holdBackNs is negative: " + holdBackNs);
    }
  }
}
