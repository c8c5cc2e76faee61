package org.understudy.service.front;

import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Descriptors of this process. Clients never get the last ones: the arbiter, the link and files
 * need some at the very moment at which ownership changes.
 */
public final class Descriptors {
  /** What a node opens beside its clients, with room to spare: sockets, logs, classes, files. */
  public static final int RESERVE = 128;

  /** A node that can serve fewer clients than this is of no use. */
  public static final int FEWEST_CLIENTS = 16;

  private static final Logger LOG = LoggerFactory.getLogger(TcpFront.class);

  private Descriptors() {}

  /** How many this process may have open ({@code ulimit -n}); a large number if unknown. */
  public static long limit() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.UnixOperatingSystemMXBean system
        ? system.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }

  /** How many of so many clients may be connected at once. */
  public static int clients(int wanted, long limit) {
    return Math.clamp(limit - RESERVE, 0, wanted);
  }

  /**
   * The same; says so if they are fewer than wanted.
   *
   * @throws IllegalStateException if they are too few to be of use
   */
  static int require(int wanted, long limit) {
    String reason = refusal(limit);
    if (reason != null) {
      throw new IllegalStateException(reason);
    }
    int clients = clients(wanted, limit);
    if (clients < wanted) {
      LOG.warn(
          "the limit of {} open files (ulimit -n) leaves {} clients at once instead of {}",
          limit,
          clients,
          wanted);
    }
    return clients;
  }

  /**
   * Why a front cannot serve within so many descriptors, or null.
   *
   * @param limit see {@link #limit}
   */
  public static String refusal(long limit) {
    return limit >= RESERVE + FEWEST_CLIENTS
        ? null
        : "this process may open "
            + limit
            + " files and sockets at once, of which "
            + RESERVE
            + " are kept for itself: too few for clients; raise the limit (ulimit -n, or LimitNOFILE"
            + " of the service unit) to "
            + (RESERVE + FrontSettings.DEFAULT_MAX_SESSIONS);
  }
}
