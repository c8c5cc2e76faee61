package org.understudy.lab.demo;

import org.HdrHistogram.Histogram;
import org.understudy.lab.judge.History;

/** Rates and latencies before the kill, during the takeover and after it. */
public final class DemoPhases {
  private static final int DIGITS = 3;

  private final History history;
  private final long startNs;
  private final long killNs;
  private final long endNs;

  /** Of a run of {@code startNs} to {@code endNs} with one kill in it. */
  public DemoPhases(History history, long startNs, long killNs, long endNs) {
    this.history = history;
    this.startNs = startNs;
    this.killNs = killNs;
    this.endNs = endNs;
  }

  /** Fills the phases, the rate and the counts around the kill. */
  public void measure(DemoResult result) {
    long recoveredNs = killNs + result.totalUs() * 1000;
    Histogram before = new Histogram(DIGITS);
    Histogram during = new Histogram(DIGITS);
    Histogram after = new Histogram(DIGITS);
    long acknowledged = 0;
    for (int row = 0; row < history.size(); row++) {
      long invokeNs = history.invokeNs(row);
      long returnNs = history.returnNs(row);
      if (invokeNs < startNs) {
        continue;
      }
      if (invokeNs < killNs && returnNs > killNs) {
        result.inFlightAtKill++;
      }
      if (returnNs == History.NEVER) {
        continue;
      }
      acknowledged++;
      Histogram phase = returnNs <= killNs ? before : invokeNs <= recoveredNs ? during : after;
      phase.recordValue(Math.max(0, returnNs - invokeNs));
      if (invokeNs > killNs && returnNs > recoveredNs) {
        result.afterTakeover++;
      }
    }
    fill(result.before, before, killNs - startNs);
    fill(result.during, during, recoveredNs - killNs);
    fill(result.after, after, endNs - recoveredNs);
    result.perSecond = perSecond(acknowledged, endNs - startNs);
  }

  private static void fill(DemoResult.Phase phase, Histogram latencies, long lengthNs) {
    phase.acknowledged = latencies.getTotalCount();
    phase.perSecond = perSecond(phase.acknowledged, lengthNs);
    phase.p50Us = latencies.getValueAtPercentile(50) / 1000.0;
    phase.p99Us = latencies.getValueAtPercentile(99) / 1000.0;
    phase.maxUs = latencies.getMaxValue() / 1000.0;
  }

  private static double perSecond(long count, long ns) {
    return ns <= 0 ? 0 : Math.round(count * 1e10 / ns) / 10.0;
  }
}
