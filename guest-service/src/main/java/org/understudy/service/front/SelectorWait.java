package org.understudy.service.front;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Waiting for sockets, which another thread can end; a wake-up before the wait is not lost. */
final class SelectorWait {
  /** What a selector can wait for at least; shorter waits do not watch the sockets. */
  private static final long SELECT_STEP_NS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Selector selector;
  private volatile Thread parking;
  private volatile boolean selecting;
  private volatile boolean wakeRequested;

  SelectorWait(Selector selector) {
    this.selector = selector;
  }

  void select(Consumer<SelectionKey> onReady, long timeoutNs) {
    if (timeoutNs < SELECT_STEP_NS) {
      park(timeoutNs);
      return;
    }
    selecting = true;
    try {
      if (!wakeRequested) {
        selector.select(onReady, timeoutNs / SELECT_STEP_NS);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the selector failed: " + e.getMessage(), e);
    } finally {
      selecting = false;
      wakeRequested = false;
    }
  }

  void park(long timeoutNs) {
    parking = Thread.currentThread();
    if (!wakeRequested && timeoutNs > 0) {
      LockSupport.parkNanos(this, timeoutNs);
    }
    parking = null;
    wakeRequested = false;
  }

  void wakeUp() {
    wakeRequested = true;
    if (selecting) {
      selector.wakeup();
    }
    Thread parked = parking;
    if (parked != null) {
      LockSupport.unpark(parked);
    }
  }
}
