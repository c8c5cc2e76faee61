package org.understudy.vm.net;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
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

  /** One look under the lock; true ends the wait. */
  private interface Look {
    boolean now() throws IOException;
  }

  private final FrameExchange exchange;
  private final NetSettings settings;
  private final long timeoutNs;
  private final Consumer<Boolean> onEnd;
  private final CountDownLatch ended = new CountDownLatch(1);
  private boolean isBegun;
  private boolean isCancelled;

  /**
   * Of the filters of an exchange.
   *
   * @param onEnd told under the lock when it has ended: whether the filters are of no use any more
   */
  FilterRemoval(
      FrameExchange exchange, NetSettings settings, long timeoutNs, Consumer<Boolean> onEnd) {
    this.exchange = exchange;
    this.settings = settings;
    this.timeoutNs = timeoutNs;
    this.onEnd = onEnd;
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
    exchange.lock().lock();
    try {
      if (!isCancelled) {
        // What was begun cannot hold output any more, whether it came to its end or not.
        onEnd.accept(isBegun && !exchange.isEnded());
      }
    } finally {
      exchange.lock().unlock();
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
          boolean quiet =
              exchange.moveAll() && nowNs - exchange.lastFrameNs() >= settings.quietNs();
          isBegun = !isCancelled && (quiet || nowNs - giveUpNs >= -LOOK_NS);
          return isBegun || isCancelled || exchange.isEnded();
        });
    return isBegun && !exchange.isEnded();
  }

  private void remove() throws IOException {
    List<NicLink> links = exchange.links();
    links.forEach(link -> link.filters().switchOff());
    long deadlineNs = System.nanoTime() + timeoutNs;
    boolean moved = await(deadlineNs, exchange::moveAll);
    if (exchange.isEnded()) {
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
    links.forEach(NicLink::expectEnd);
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
      exchange.lock().lock();
      try {
        if (look.now()) {
          return true;
        }
        if (exchange.isEnded()) {
          return false;
        }
      } finally {
        exchange.lock().unlock();
      }
      if (System.nanoTime() - deadlineNs >= 0) {
        return false;
      }
      LockSupport.parkNanos(LOOK_NS);
    }
  }
}
