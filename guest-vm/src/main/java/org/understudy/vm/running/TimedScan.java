package org.understudy.vm.running;

import org.understudy.checkpoint.track.PageScan;

/** Knows how long the last scan took. */
final class TimedScan implements PageScan {
  private final PageScan scan;
  private long lastNs;

  TimedScan(PageScan scan) {
    this.scan = scan;
  }

  @Override
  public String name() {
    return scan.name();
  }

  @Override
  public void arm() {
    scan.arm();
  }

  @Override
  public void scan(Runs runs) {
    long startNs = System.nanoTime();
    scan.scan(runs);
    lastNs = System.nanoTime() - startNs;
  }

  @Override
  public void scanPaused(Runs runs) {
    long startNs = System.nanoTime();
    scan.scanPaused(runs);
    lastNs = System.nanoTime() - startNs;
  }

  long lastNs() {
    return lastNs;
  }

  @Override
  public long memoryBytes() {
    return scan.memoryBytes();
  }

  @Override
  public void close() {
    scan.close();
  }
}
