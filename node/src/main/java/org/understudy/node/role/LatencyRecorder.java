package org.understudy.node.role;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.understudy.node.status.NodeStatus.Percentiles;

/**
 * A distribution of durations: one thread records without allocating or locking, the status thread
 * reads percentiles over the process's life.
 */
final class LatencyRecorder {
  private static final long HIGHEST_NS = 600_000_000_000L;

  /**
   * One percent of a value. Each digit more makes the tables, which are copied several times a
   * second, eight times larger.
   */
  private static final int DIGITS = 2;

  private static final double NS_PER_US = 1_000.0;

  private final SingleWriterRecorder recorder = new SingleWriterRecorder(HIGHEST_NS, DIGITS);
  private final Histogram total = new Histogram(HIGHEST_NS, DIGITS);
  private Histogram interval;

  /** Records one duration. */
  void record(long ns) {
    recorder.recordValue(Math.clamp(ns, 0, HIGHEST_NS));
  }

  /** Percentiles so far, in microseconds. */
  synchronized Percentiles percentiles() {
    Histogram values = drain();
    return values.getTotalCount() == 0
        ? Percentiles.NONE
        : new Percentiles(
            values.getTotalCount(),
            values.getValueAtPercentile(50) / NS_PER_US,
            values.getValueAtPercentile(99) / NS_PER_US,
            values.getMaxValue() / NS_PER_US);
  }

  /** A copy of all values so far. */
  synchronized Histogram snapshot() {
    return drain().copy();
  }

  private Histogram drain() {
    interval = recorder.getIntervalHistogram(interval);
    total.add(interval);
    return total;
  }
}
