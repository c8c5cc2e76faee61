package org.understudy.pair.ownership;

/**
 * Everything that one session asks of its arbiter: a claim to change ownership, and a read-back.
 * Both number their requests, so that each answer finds the one that waits for it.
 */
public final class RegisterDesk {
  private static final long FIRST_CHECK_REQUEST = 1L << 40;

  private final RegisterClaim claim;
  private final RegisterCheck check;

  /** A desk that asked nothing yet; parameters as of {@link RegisterClaim}. */
  public RegisterDesk(RegisterPort port, long retryNs, long answerTimeoutNs) {
    claim = new RegisterClaim(port, 0, retryNs, answerTimeoutNs);
    check = new RegisterCheck(port, FIRST_CHECK_REQUEST, retryNs, answerTimeoutNs);
  }

  /** Retries and time-outs; once per duty cycle. */
  public void doWork(long nowNs) {
    claim.doWork(nowNs);
    check.doWork(nowNs);
  }

  /** Answer to a write. */
  public void onWritten(long request, boolean written, long nowNs) {
    claim.onWritten(request, written, nowNs);
  }

  /** Answer to a read. True if the check waited for it: act on what the register says. */
  public boolean onRead(long request, Register seen, long nowNs) {
    if (check.onRead(request)) {
      return true;
    }
    claim.onRead(request, seen, nowNs);
    return false;
  }

  /** A request failed: its outcome is unknown. */
  public void onFailed(long request, long nowNs) {
    if (!claim.onFailed(request, nowNs)) {
      check.onFailed(request, nowNs);
    }
  }

  /** The change of ownership. */
  public RegisterClaim claim() {
    return claim;
  }

  /** The read-back. */
  public RegisterCheck check() {
    return check;
  }
}
