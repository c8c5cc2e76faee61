package org.understudy.protocol.link;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * Idle strategies by core count. None of them spins for long: in a protected JVM a spinning thread
 * makes dirty scans ten times slower and steals the core that the peer or the client needs.
 */
public final class IdleStrategies {
  private static final long MIN_PARK_NS = TimeUnit.MICROSECONDS.toNanos(1);
  private static final long MAX_PARK_NS = TimeUnit.MICROSECONDS.toNanos(100);
  private static final long CALM_PARK_NS = TimeUnit.MICROSECONDS.toNanos(500);
  private static final int FEW_CORES = 2;

  private IdleStrategies() {}

  /** The strategy for an agent's thread on a host with so many cores. */
  public static IdleStrategy forCores(int cores) {
    return cores <= FEW_CORES
        ? new BackoffIdleStrategy(10, 20, MIN_PARK_NS, MAX_PARK_NS)
        : new BackoffIdleStrategy(100, 20, MIN_PARK_NS, MAX_PARK_NS);
  }

  /**
   * For an agent whose guest waits milliseconds for each commit anyway: what comes after a silence
   * is seen half a millisecond later at most, and looking for it costs a third of the time.
   */
  public static IdleStrategy calm() {
    return new BackoffIdleStrategy(10, 20, MIN_PARK_NS, CALM_PARK_NS);
  }
}
