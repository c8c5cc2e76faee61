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

  /** Reports the pages written since the scan before, ascending, and protects them again. */
  void scan(Runs runs);

  /** Memory that it takes. */
  long memoryBytes();

  @Override
  void close();
}
