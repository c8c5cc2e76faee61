package org.understudy.pair.ownership;

/**
 * One change of ownership, from the first request until its outcome is certain. A claim names the
 * exact generation that it replaces. A write whose outcome is unknown is neither won nor lost until
 * the register was read back; and as long as the register is still at the old generation, a write
 * on its way may land at any time, so the claim goes on until the next generation exists.
 */
public final class RegisterClaim {
  /** Where a claim stands. */
  public enum Phase {
    /** Nothing was claimed yet. */
    IDLE,
    /** A write is on its way. */
    WRITING,
    /** The register is being read back. */
    READING,
    /** Waiting before the next attempt, as the arbiter failed or does not answer. */
    BACKING_OFF,
    /** The register is as wanted: this claim, or an earlier attempt of it, wrote it. */
    WON,
    /** The register is at another generation. */
    LOST
  }

  private final RegisterPort port;
  private final long retryNs;
  private final long answerTimeoutNs;

  private Phase phase = Phase.IDLE;
  private Register expected;
  private Register wanted;
  private Register seen;
  private long request;

  /** Of this claim: an earlier attempt that turns out to have been written wins it as well. */
  private long firstOfClaim;

  private long lastWrite;
  private long deadlineNs;
  private long failures;

  /**
   * A claim that is not started.
   *
   * @param port where requests go
   * @param firstRequest number of the first request; answers to other numbers are ignored
   * @param retryNs wait after a failure
   * @param answerTimeoutNs after which an unanswered request counts as failed, outcome unknown
   */
  public RegisterClaim(RegisterPort port, long firstRequest, long retryNs, long answerTimeoutNs) {
    this.port = port;
    this.request = firstRequest;
    this.retryNs = retryNs;
    this.answerTimeoutNs = answerTimeoutNs;
  }

  /** Claims {@code ownership} over exactly this register. */
  public void start(Register current, Ownership ownership, long nowNs) {
    expected = current;
    wanted = current.next(ownership);
    seen = null;
    firstOfClaim = request + 1;
    write(nowNs);
  }

  /** Forgets the claim; late answers are ignored. */
  public void reset() {
    phase = Phase.IDLE;
    request++;
  }

  /** Retries and time-outs; once per duty cycle. */
  public void doWork(long nowNs) {
    if (phase == Phase.BACKING_OFF && nowNs - deadlineNs >= 0) {
      read(nowNs);
    } else if (isWaiting() && nowNs - deadlineNs >= 0) {
      failures++;
      read(nowNs);
    }
  }

  private boolean isWaiting() {
    return phase == Phase.WRITING || phase == Phase.READING;
  }

  /**
   * Answer to a write. True if it was this claim's. One that was written is so for good, however
   * late that is said.
   */
  public boolean onWritten(long answered, boolean written, long nowNs) {
    if (written && isPending() && answered >= firstOfClaim && answered <= request) {
      seen = wanted;
      phase = Phase.WON;
      return true;
    }
    if (phase != Phase.WRITING || answered != request) {
      return false;
    }
    read(nowNs);
    return true;
  }

  /**
   * Answer to a read; null if the register was never written. True if it was this claim's. Every
   * read since the last write says the same: were only the last one to count, an arbiter that takes
   * longer than the time-out each time would never be heard.
   */
  public boolean onRead(long answered, Register register, long nowNs) {
    if (phase != Phase.READING || answered <= lastWrite || answered > request) {
      return false;
    }
    seen = register;
    if (wanted.equals(register)) {
      phase = Phase.WON;
    } else if (expected.equals(register)) {
      write(nowNs);
    } else {
      phase = Phase.LOST;
    }
    return true;
  }

  /** A request failed, its outcome is unknown. True if it was this claim's. */
  public boolean onFailed(long answered, long nowNs) {
    if (!isWaiting() || answered != request) {
      return false;
    }
    failures++;
    phase = Phase.BACKING_OFF;
    deadlineNs = nowNs + retryNs;
    return true;
  }

  private void write(long nowNs) {
    phase = Phase.WRITING;
    deadlineNs = nowNs + answerTimeoutNs;
    lastWrite = ++request;
    port.compareAndSet(request, wanted);
  }

  private void read(long nowNs) {
    phase = Phase.READING;
    deadlineNs = nowNs + answerTimeoutNs;
    port.readRegister(++request);
  }

  /** Where the claim stands. */
  public Phase phase() {
    return phase;
  }

  /** A claim is on its way: neither won nor lost. */
  public boolean isPending() {
    return isWaiting() || phase == Phase.BACKING_OFF;
  }

  /** The register that won or that the claim was lost to; null if it was never written. */
  public Register seen() {
    return seen;
  }

  /** What the claim wants the register to be. */
  public Register wanted() {
    return wanted;
  }

  /** Failed or unanswered requests so far. */
  public long failures() {
    return failures;
  }
}
