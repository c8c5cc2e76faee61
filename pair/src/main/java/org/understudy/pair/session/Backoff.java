package org.understudy.pair.session;

/** Waits between attempts that fail again and again: each twice as long, up to a bound. */
public final class Backoff {
  private final long firstNs;
  private final long mostNs;
  private long waitNs;
  private long sinceNs;

  /**
   * Nothing failed yet.
   *
   * @param firstNs wait after the first failure
   * @param mostNs longest wait
   */
  public Backoff(long firstNs, long mostNs) {
    this.firstNs = firstNs;
    this.mostNs = mostNs;
  }

  /** An attempt failed, or was made: the next one has to wait. */
  public void failed(long nowNs) {
    waitNs = waitNs == 0 ? firstNs : Math.min(mostNs, waitNs * 2);
    sinceNs = nowNs;
  }

  /** It worked: the next failure is the first again. */
  public void reset() {
    waitNs = 0;
  }

  /** What is left of the wait; 0 or less if the next attempt may be made. */
  public long remainingNs(long nowNs) {
    return waitNs == 0 ? 0 : waitNs - (nowNs - sinceNs);
  }

  /** Whether the next attempt may be made. */
  public boolean isOver(long nowNs) {
    return remainingNs(nowNs) <= 0;
  }
}
