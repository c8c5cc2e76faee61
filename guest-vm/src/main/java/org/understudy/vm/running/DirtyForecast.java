package org.understudy.vm.running;

/**
 * How many pages a running machine has probably written: only a scan tells, but the next epoch is
 * mostly like the last. So a machine that writes much is captured before there is too much to copy
 * in one pause. Times are those of {@link System#nanoTime}.
 */
final class DirtyForecast {
  private long resumedNs;
  private double pagesPerNs;

  /** The machine runs again. */
  void onResumed(long nowNs) {
    resumedNs = nowNs;
  }

  /** It stood still, and so many pages had been written since it was resumed. */
  void onPaused(long nowNs, int pages) {
    pagesPerNs = (double) pages / Math.max(1, nowNs - resumedNs);
  }

  /** Nothing is known of what comes next. */
  void forget() {
    pagesPerNs = 0;
  }

  /** Pages until now; at least one, since a machine that runs writes some. */
  long pages(long nowNs) {
    return 1 + (long) (pagesPerNs * (nowNs - resumedNs));
  }
}
