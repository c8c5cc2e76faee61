package org.understudy.vm.device;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.understudy.vm.qmp.QmpEvent;
import org.understudy.vm.qmp.QmpException;

/** Remembers how far a migration is and when the guest stopped and ran on; passes events on. */
public final class GuestEvents implements QmpEvent.Listener {
  private final QmpEvent.Listener next;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private String migration = "";
  private QmpException closed;
  private volatile int stops;
  private volatile int resets;
  private volatile boolean isEnded;
  private volatile long stoppedNs;
  private volatile long resumedNs;

  /** Passes each event on. */
  public GuestEvents(QmpEvent.Listener next) {
    this.next = next;
  }

  @Override
  public void onEvent(QmpEvent event) {
    switch (event.name()) {
      case "STOP" -> onStop(event);
      case "RESUME" -> onResume(event);
      case "RESET" -> resets = resets + 1;
      case "SHUTDOWN", "GUEST_PANICKED" -> isEnded = true;
      case "MIGRATION" -> onMigration(event);
      default -> {
        // for the next listener only
      }
    }
    next.onEvent(event);
  }

  @Override
  public void onClosed(QmpException cause) {
    lock.lock();
    try {
      closed = cause;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    next.onClosed(cause);
  }

  private void onStop(QmpEvent event) {
    stoppedNs = event.happenedNs();
    stops = stops + 1;
  }

  private void onResume(QmpEvent event) {
    resumedNs = event.happenedNs();
    isEnded = false;
  }

  /** How often the guest was stopped. */
  int stops() {
    return stops;
  }

  /** How often the guest was reset, as far as told. */
  int resets() {
    return resets;
  }

  /** Whether the guest has ended by itself and was not made to run on. */
  boolean isEnded() {
    return isEnded;
  }

  /** When the guest stopped last, by {@link System#nanoTime}. */
  public long stoppedNs() {
    return stoppedNs;
  }

  /** When the guest ran on last, by {@link System#nanoTime}. */
  public long resumedNs() {
    return resumedNs;
  }

  /** Before a migration is asked for. */
  void beginMigration() {
    lock.lock();
    try {
      migration = "";
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the end of the migration. */
  void awaitCompleted(long deadlineNs) {
    lock.lock();
    try {
      while (!isCompleted(deadlineNs)) {
        changed.awaitNanos(deadlineNs - System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CaptureException("interrupted during the migration", e);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether the migration has come to its end.
   *
   * @throws CaptureException where it never will, or not in time
   */
  boolean isCompleted(long deadlineNs) {
    lock.lock();
    try {
      if (migration.equals("completed")) {
        return true;
      }
      checkPossible(deadlineNs);
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void checkPossible(long deadlineNs) {
    if (closed != null) {
      throw new CaptureException("QEMU went away during the migration", closed);
    }
    if (migration.equals("failed") || migration.equals("cancelled")) {
      throw new CaptureException("QEMU says that the migration " + migration);
    }
    if (System.nanoTime() - deadlineNs >= 0) {
      throw new CaptureException(
          "the migration was not completed in time, it is '" + migration + "'");
    }
  }

  private void onMigration(QmpEvent event) {
    lock.lock();
    try {
      migration = event.text("status");
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
