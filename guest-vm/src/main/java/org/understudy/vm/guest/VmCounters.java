package org.understudy.vm.guest;

/** What a machine's captures cost so far. Written by the guest's thread, read by any. */
public final class VmCounters {
  private static final double NS_PER_US = 1_000;

  private PauseTimes sum = PauseTimes.NONE;
  private PauseTimes last = PauseTimes.NONE;
  private long pauses;

  synchronized void onPause(PauseTimes pause) {
    pauses++;
    last = pause;
    sum =
        new PauseTimes(
            sum.stateNs() + pause.stateNs(),
            sum.scanNs() + pause.scanNs(),
            sum.copyNs() + pause.copyNs(),
            sum.cutNs() + pause.cutNs(),
            sum.resumeNs() + pause.resumeNs());
  }

  /** Pauses of checkpoints so far. */
  public synchronized long pauses() {
    return pauses;
  }

  /** The last pause. */
  public synchronized PauseTimes last() {
    return last;
  }

  /**
   * The average pause in microseconds, in parts that sum up to it.
   *
   * @param state taking the device state
   * @param scan finding written pages
   * @param copy copying them
   * @param cut cutting the queues and handing over
   * @param resume running on
   */
  public record PauseParts(double state, double scan, double copy, double cut, double resume) {}

  /** The average pause. */
  public synchronized PauseParts averagePartsUs() {
    double count = Math.max(1, pauses) * NS_PER_US;
    return new PauseParts(
        sum.stateNs() / count,
        sum.scanNs() / count,
        sum.copyNs() / count,
        sum.cutNs() / count,
        sum.resumeNs() / count);
  }
}
