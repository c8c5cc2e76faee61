package org.understudy.vm.net;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.vm.qmp.QmpException;

/**
 * Takes the filters out of QEMU without losing a frame, on a thread of its own: at a quiet moment
 * they are switched off, so that new frames go past them; what was taken out before is put back;
 * QEMU reads up to the end of it; then they are removed. Frames that were under way at that moment
 * may be overtaken, others not.
 */
final class FilterRemoval {
  private static final Logger LOG = LoggerFactory.getLogger(FilterRemoval.class);
  private static final long LOOK_NS = 200_000;

  /** The network whose filters they are; all but the lock is used under the lock. */
  interface Target {
    ReentrantLock lock();

    List<NicLink> links();

    /** Whether nothing may leave any more. */
    boolean isEnded();

    long lastFrameNs();

    /** Moves what was taken out towards QEMU; true where nothing is left. */
    boolean moveAll();

    /** It has ended; whether the filters are of no use any more. */
    void onEnd(boolean removed);
  }

  /** One look under the lock; true ends the wait. */
  private interface Look {
    boolean now() throws IOException;
  }

  private final Target target;
  private final NetSettings settings;
  private final long timeoutNs;
  private final CountDownLatch ended = new CountDownLatch(1);
  private boolean isBegun;
  private boolean isCancelled;

  FilterRemoval(Target target, NetSettings settings, long timeoutNs) {
    this.target = target;
    this.settings = settings;
    this.timeoutNs = timeoutNs;
  }

  void start() {
    Thread.ofPlatform().daemon().name("vm-net-remove").start(this::run);
  }

  /** Under the lock: gives it up; false where it has begun. */
  boolean cancel() {
    isCancelled = !isBegun;
    return isCancelled;
  }

  /** Waits for its end. */
  boolean await(long waitNs) {
    try {
      return ended.await(waitNs, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void run() {
    try {
      if (awaitQuiet()) {
        remove();
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("a network filter may be left in QEMU: {}", e.toString());
    } finally {
      end();
    }
  }

  private void end() {
    target.lock().lock();
    try {
      if (!isCancelled) {
        // What was begun cannot hold output any more, whether it came to its end or not.
        target.onEnd(isBegun && !target.isEnded());
      }
    } finally {
      target.lock().unlock();
      ended.countDown();
    }
  }

  /** False where it was cancelled meanwhile. */
  private boolean awaitQuiet() throws IOException {
    long giveUpNs = System.nanoTime() + settings.quietWaitNs();
    await(
        giveUpNs,
        () -> {
          long nowNs = System.nanoTime();
          boolean quiet = target.moveAll() && nowNs - target.lastFrameNs() >= settings.quietNs();
          isBegun = !isCancelled && (quiet || nowNs - giveUpNs >= -LOOK_NS);
          return isBegun || isCancelled || target.isEnded();
        });
    return isBegun && !target.isEnded();
  }

  private void remove() throws IOException {
    List<NicLink> links = target.links();
    links.forEach(link -> link.filters().switchOff());
    long deadlineNs = System.nanoTime() + timeoutNs;
    boolean moved = await(deadlineNs, target::moveAll);
    if (target.isEnded()) {
      links.forEach(link -> switchOn(link.filters())); // nothing may go past them any more
      return;
    }
    if (!moved) {
      LOG.warn("QEMU did not take back all frames in time; the rest is lost with the filters");
    }
    for (NicLink link : links) {
      if (!link.isLost()) {
        link.endOutput();
      }
    }
    await(deadlineNs, () -> areTaken(links));
    links.forEach(link -> link.filters().removeAll());
  }

  private static void switchOn(NicFilters filters) {
    try {
      filters.switchOn();
    } catch (QmpException e) {
      LOG.error("output may go past the filters: {}", e.getMessage());
    }
  }

  private static boolean areTaken(List<NicLink> links) throws IOException {
    for (NicLink link : links) {
      if (!link.isOutputTaken()) {
        return false;
      }
    }
    return true;
  }

  private boolean await(long deadlineNs, Look look) throws IOException {
    while (true) {
      target.lock().lock();
      try {
        if (look.now()) {
          return true;
        }
        if (target.isEnded()) {
          return false;
        }
      } finally {
        target.lock().unlock();
      }
      if (System.nanoTime() - deadlineNs >= 0) {
        return false;
      }
      LockSupport.parkNanos(LOOK_NS);
    }
  }
}
