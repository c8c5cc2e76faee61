package org.understudy.protocol.link;

import io.aeron.logbuffer.LogBufferDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.understudy.protocol.wire.WireLimits;

/**
 * What a link takes of shared memory. The sum is looked at before a start and {@linkplain
 * ReservedSpace reserved} at it; nothing that arrives later makes it larger.
 */
public final class LinkSpace {
  /** Peer streams at once: that of the peer and one that its end or a stranger left. */
  static final int MAX_IMAGES = 2;

  /** Our own stream, and the one before it, which lingers. */
  static final int MAX_PUBLICATIONS = 2;

  static final int COUNTER_VALUES_BYTES = 1 << 20;
  static final int CONDUCTOR_BYTES = 1 << 20;
  static final int TO_CLIENTS_BYTES = 1 << 20;
  static final int ERROR_BYTES = 4 << 20;
  static final int LOSS_REPORT_BYTES = 1 << 20;

  /** Labels of counters take four times their values; some pages of headers. */
  private static final long DRIVER_FILES_BYTES =
      5L * COUNTER_VALUES_BYTES
          + CONDUCTOR_BYTES
          + TO_CLIENTS_BYTES
          + ERROR_BYTES
          + LOSS_REPORT_BYTES
          + (256 << 10);

  /** A message that is put together, zeros to reserve with, datagrams of the driver. */
  public static final long BUFFERS_BYTES = WireLimits.MAX_MESSAGE_BYTES + (4L << 20);

  /** A message that waits to be sent. */
  public static final long HEAP_BYTES = WireLimits.MAX_MESSAGE_BYTES;

  private static final int PAGE_BYTES = 4096;

  private LinkSpace() {}

  /** Bytes of the file of one stream. */
  static long logBytes(int termLength) {
    return LogBufferDescriptor.computeLogLength(termLength, PAGE_BYTES);
  }

  /** Bytes of all streams that there can be. */
  static long allLogsBytes(int termLength) {
    return (MAX_IMAGES + MAX_PUBLICATIONS) * logBytes(termLength);
  }

  /** All that a link with an embedded driver takes of {@code directoryRoot}. */
  public static long neededBytes(int termLength) {
    return allLogsBytes(termLength) + DRIVER_FILES_BYTES;
  }

  /**
   * Refuses what does not hold. What killed nodes left is removed first: otherwise a node that was
   * killed could never come back.
   *
   * @throws LinkConfigurationException with the number that is missing
   */
  public static void check(Path root, int termLength) {
    DriverDirectory.removeLeftovers(root);
    long needed = neededBytes(termLength);
    long usable;
    try {
      usable = Files.getFileStore(root).getUsableSpace();
    } catch (IOException e) {
      throw new LinkConfigurationException(
          root + " cannot be used for the link's buffers: " + e, e);
    }
    if (usable < needed) {
      throw new LinkConfigurationException(
          root
              + " has "
              + mib(usable)
              + " left, the link needs "
              + mib(needed)
              + ", so "
              + mib(needed - usable)
              + " are missing: enlarge it (mount -o remount,size=..., or --shm-size of the"
              + " container) or lower aeron.termLength");
    }
  }

  private static String mib(long bytes) {
    return "%.1f MiB".formatted(bytes / (double) (1 << 20));
  }
}
