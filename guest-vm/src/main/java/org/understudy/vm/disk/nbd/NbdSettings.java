package org.understudy.vm.disk.nbd;

import java.util.concurrent.TimeUnit;

/**
 * Limits of the NBD server: nothing that a client sends makes it use more.
 *
 * @param maxRequestBytes longest read or write; a connection holds at most one
 * @param maxOptionBytes longest option of the handshake
 * @param maxOptions options of one handshake
 * @param maxConnections connections at a time; further ones are closed at once
 * @param handoverNs how long a new connection to an export waits for the one before to end
 */
public record NbdSettings(
    int maxRequestBytes, int maxOptionBytes, int maxOptions, int maxConnections, long handoverNs) {
  /** What QEMU needs. */
  public static final NbdSettings DEFAULT =
      new NbdSettings(32 << 20, 8 << 10, 64, 16, TimeUnit.SECONDS.toNanos(5));

  /** Checks the relations. */
  public NbdSettings {
    if (maxRequestBytes < 1 << 20 || maxRequestBytes > 256 << 20) {
      throw new IllegalArgumentException(
          "maxRequestBytes must be 1 MiB to 256 MiB, not " + maxRequestBytes);
    }
    if (maxOptionBytes <= Nbd.MAX_NAME_BYTES || maxOptions < 1 || maxConnections < 1) {
      throw new IllegalArgumentException(
          "maxOptionBytes must be above "
              + Nbd.MAX_NAME_BYTES
              + ", maxOptions and maxConnections at least 1");
    }
  }

  /** These settings with another time for handing a disk over between connections. */
  public NbdSettings withHandoverNs(long ns) {
    return new NbdSettings(maxRequestBytes, maxOptionBytes, maxOptions, maxConnections, ns);
  }
}
