package org.understudy.pair.ownership;

/**
 * Everything that one session asks of its arbiter: a claim to change ownership, a check that goes
 * on until the arbiter answers, and a look that tells also when it does not. All number their
 * requests, so that each answer finds the one that waits for it. A register that does not speak
 * ({@link KnownRegister}) is no answer to a claim or a check: they wait, as for an arbiter that
 * cannot be reached.
 */
public final class RegisterDesk {
  /** Claim, check and look. */
  public static final int ASKERS = 3;

  private static final int ASKER_SHIFT = 40;
  private static final long FIRST_CHECK_REQUEST = 1L << ASKER_SHIFT;
  private static final long FIRST_LOOK_REQUEST = 2L << ASKER_SHIFT;

  /** To whom a read was an answer. */
  public enum Answer {
    /** The claim, or nobody. */
    NONE,
    /** The check: act on what the register says. */
    CHECKED,
    /** The look. */
    LOOKED
  }

  private final KnownRegister known;
  private final RegisterClaim claim;
  private final RegisterCheck check;
  private final RegisterCheck look;
  private String trouble;

  /**
   * A desk that asked nothing yet; the other parameters are those of {@link RegisterClaim}.
   *
   * @param known judges what is read, and learns from it
   */
  public RegisterDesk(RegisterPort port, KnownRegister known, long retryNs, long answerTimeoutNs) {
    this.known = known;
    claim = new RegisterClaim(port, 0, retryNs, answerTimeoutNs);
    check = new RegisterCheck(port, FIRST_CHECK_REQUEST, retryNs, answerTimeoutNs);
    look = new RegisterCheck(port, FIRST_LOOK_REQUEST, retryNs, answerTimeoutNs);
  }

  /** Whose request this is, from 0 on: of one asker's reads that wait, the last one is enough. */
  public static int askerOf(long request) {
    return (int) (request >>> ASKER_SHIFT);
  }

  /**
   * Retries and time-outs; once per duty cycle.
   *
   * @return true if the look had no answer in time
   */
  public boolean doWork(long nowNs) {
    claim.doWork(nowNs);
    check.doWork(nowNs);
    boolean isOverdue = look.isOverdue(nowNs);
    if (isOverdue) {
      look.reset();
      trouble = "it does not answer";
    }
    return isOverdue;
  }

  /** Answer to a write. */
  public void onWritten(long request, boolean written, long nowNs) {
    if (claim.onWritten(request, written, nowNs) && written) {
      trouble = null;
      known.learn(claim.wanted());
    }
  }

  /** Answer to a read; {@link #trouble} says whether what was seen counts. */
  public Answer onRead(long request, Register seen, long nowNs) {
    trouble = known.fault(seen);
    if (look.giveUp(request)) {
      known.learn(trouble == null ? seen : null);
      return Answer.LOOKED;
    }
    if (trouble != null) {
      onFailed(request, nowNs);
      return Answer.NONE;
    }
    known.learn(seen);
    if (check.onRead(request)) {
      return Answer.CHECKED;
    }
    claim.onRead(request, seen, nowNs);
    return Answer.NONE;
  }

  /**
   * A request failed: its outcome is unknown.
   *
   * @return true if it was the look's
   */
  public boolean onFailed(long request, long nowNs) {
    if (trouble == null) {
      trouble = "it failed";
    }
    if (look.giveUp(request)) {
      return true;
    }
    if (!claim.onFailed(request, nowNs)) {
      check.onFailed(request, nowNs);
    }
    return false;
  }

  /** The newest register that is known for certain. */
  public KnownRegister known() {
    return known;
  }

  /** What was wrong with the last answer, or null. */
  public String trouble() {
    return trouble;
  }

  /** The change of ownership. */
  public RegisterClaim claim() {
    return claim;
  }

  /** The read-back. */
  public RegisterCheck check() {
    return check;
  }

  /** One read, whose failure is told too. */
  public RegisterCheck look() {
    return look;
  }
}
