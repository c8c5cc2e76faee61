package org.understudy.checkpoint.track;

/**
 * Asks the kernel which pages were written since it was asked before. What is copied must be copied
 * after the scan: a write that comes between the two is reported by the next one.
 */
public interface PageScan extends AutoCloseable {
  /** Takes a run of written pages. */
  @FunctionalInterface
  interface Runs {
    /** First page, and the page after the last. */
    void onRun(int first, int end);
  }

  /** How the kernel is asked, as settings and status call it. */
  String name();

  /** Begins to watch; what was written before is not reported. Writers may run. */
  default void arm() {
    scan((start, end) -> {});
  }

  /**
   * Reports, ascending, at least the pages written since the scan before; one that is written
   * meanwhile is reported now or by the next scan. Writers may run.
   */
  void scan(Runs runs);

  /**
   * Like {@link #scan}, but while nothing writes. A scan that cannot look at a mark and take it
   * away in one step takes marks away only here.
   */
  default void scanPaused(Runs runs) {
    scan(runs);
  }

  /** Memory that it takes. */
  long memoryBytes();

  @Override
  void close();
}
