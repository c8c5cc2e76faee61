package org.understudy.vm.running;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.track.DirtyTracker;

/**
 * Tries again, now and then and beside the guest, to get the tracker that failed: a host that was
 * too busy for it in one moment must not leave a pair with long pauses for good.
 */
final class BetterTracker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.vm");
  private static final long LONGEST_NS = TimeUnit.MINUTES.toNanos(10);

  private final Supplier<DirtyTracker> make;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private long waitNs;
  private DirtyTracker made;

  /**
   * Begins after a first wait; each further one is twice as long.
   *
   * @param make throws where it does not work this time either
   */
  BetterTracker(Supplier<DirtyTracker> make, long firstWaitNs) {
    this.make = make;
    waitNs = firstWaitNs;
    thread = Thread.ofPlatform().daemon().name("vm-tracker").start(this::run);
  }

  private void run() {
    try {
      while (!closed.await(waitNs, TimeUnit.NANOSECONDS) && !tryOnce()) {
        waitNs = Math.min(2 * waitNs, LONGEST_NS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean tryOnce() {
    try {
      DirtyTracker tracker = make.get();
      synchronized (this) {
        made = tracker;
      }
      return true;
    } catch (RuntimeException | Error e) {
      LOG.debug("still no better tracker: {}", e.toString());
      return false;
    }
  }

  /** The tracker, once; null while there is none. */
  synchronized DirtyTracker take() {
    DirtyTracker taken = made;
    made = null;
    return taken;
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    DirtyTracker unused = take();
    if (unused != null) {
      unused.close();
    }
  }
}
