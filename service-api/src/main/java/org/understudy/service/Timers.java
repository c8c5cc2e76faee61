package org.understudy.service;

/** Timers of a service, kept in protected memory, in the clock of the event stamps. */
public interface Timers {
  /**
   * Schedules a timer, or moves it if it is already scheduled. Timers that are due fire in the
   * order of their time, then of their id, each as an event of its own.
   *
   * @param timerId any number chosen by the service
   * @param atNs stamp at which it is due; one that is past is due at once
   */
  void schedule(long timerId, long atNs);

  /** Cancels a timer; false if it is not scheduled. */
  boolean cancel(long timerId);

  /** When the timer is due, or {@link Long#MAX_VALUE} if it is not scheduled. */
  long dueNs(long timerId);

  /** Scheduled timers. */
  int size();
}
