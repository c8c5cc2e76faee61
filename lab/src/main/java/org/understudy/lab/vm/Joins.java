package org.understudy.lab.vm;

/** Ends of threads in places that cannot be interrupted half-way. */
final class Joins {
  private Joins() {}

  /** Waits for the end of a thread, also if interrupted; the interrupt is kept. */
  static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
