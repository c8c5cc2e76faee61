package org.understudy.lab.bench.serve;

import java.util.Arrays;

/** Measured values of one thing, in the order of the runs. */
final class Samples {
  private double[] values = new double[16];
  private int count;

  void add(double value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
    }
    values[count++] = value;
  }

  int count() {
    return count;
  }

  double median() {
    return percentile(50);
  }

  /** Nearest-rank percentile; 0 without values. */
  double percentile(double percent) {
    if (count == 0) {
      return 0;
    }
    double[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(percent / 100 * count);
    return sorted[Math.clamp(rank - 1, 0, count - 1)];
  }

  void clear() {
    count = 0;
  }
}
