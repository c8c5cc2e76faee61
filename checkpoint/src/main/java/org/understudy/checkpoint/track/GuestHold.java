package org.understudy.checkpoint.track;

import org.agrona.concurrent.BackoffIdleStrategy;

/**
 * How the guest's thread waits for the encoder: a moment of spinning (one page takes about a
 * microsecond), then yielding, then short sleeps, as the encoder may need this very core.
 */
final class GuestHold {
  private static final int SPINS = 100;
  private static final int YIELDS = 20;
  private static final long MIN_PARK_NS = 20_000;
  private static final long MAX_PARK_NS = 200_000;

  private final BackoffIdleStrategy idle =
      new BackoffIdleStrategy(SPINS, YIELDS, MIN_PARK_NS, MAX_PARK_NS);
  private final CountedEvents counts;
  private long sinceNs;
  private boolean waiting;

  GuestHold(CountedEvents counts) {
    this.counts = counts;
  }

  /** Waits a little. */
  void pause() {
    if (!waiting) {
      waiting = true;
      sinceNs = System.nanoTime();
    }
    idle.idle();
  }

  /** The wait, if there was one, is over. */
  void end() {
    if (waiting) {
      waiting = false;
      counts.onHeldBack(System.nanoTime() - sinceNs);
      idle.reset();
    }
  }
}
