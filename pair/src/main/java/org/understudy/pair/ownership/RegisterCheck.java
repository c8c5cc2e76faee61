package org.understudy.pair.ownership;

/** Reads the register until there is an answer. */
public final class RegisterCheck {
  private final RegisterPort port;
  private final long retryNs;
  private final long answerTimeoutNs;

  private long request;
  private long firstOfCheck;
  private boolean pending;
  private boolean waiting;
  private long deadlineNs;

  /** A check that is not started; parameters as of {@link RegisterClaim}. */
  public RegisterCheck(RegisterPort port, long firstRequest, long retryNs, long answerTimeoutNs) {
    this.port = port;
    this.request = firstRequest;
    this.retryNs = retryNs;
    this.answerTimeoutNs = answerTimeoutNs;
  }

  /** Reads the register as it is from now on: answers to earlier requests do not count. */
  public void start(long nowNs) {
    pending = true;
    firstOfCheck = request + 1;
    read(nowNs);
  }

  /** Forgets the check; a late answer is ignored. */
  public void reset() {
    pending = false;
    request++;
  }

  /** Retries and time-outs; once per duty cycle. */
  public void doWork(long nowNs) {
    if (pending && nowNs - deadlineNs >= 0) {
      read(nowNs);
    }
  }

  /** An answer, also to one of its requests before the last. True if this check is done by it. */
  public boolean onRead(long answered) {
    if (!pending || !waiting || answered < firstOfCheck || answered > request) {
      return false;
    }
    pending = false;
    return true;
  }

  /** The request failed: it is repeated later. True if it was this check's. */
  public boolean onFailed(long answered, long nowNs) {
    if (!pending || !waiting || answered != request) {
      return false;
    }
    waiting = false;
    deadlineNs = nowNs + retryNs;
    return true;
  }

  /** The request came to nothing, and it is not repeated. True if it was this check's. */
  boolean giveUp(long answered) {
    boolean result = pending && waiting && answered == request;
    if (result) {
      pending = false;
    }
    return result;
  }

  /** Whether the one request of this check has had no answer for too long. */
  boolean isOverdue(long nowNs) {
    return pending && waiting && nowNs - deadlineNs >= 0;
  }

  private void read(long nowNs) {
    waiting = true;
    deadlineNs = nowNs + answerTimeoutNs;
    port.readRegister(++request);
  }

  /** Whether an answer is awaited. */
  public boolean isPending() {
    return pending;
  }
}
