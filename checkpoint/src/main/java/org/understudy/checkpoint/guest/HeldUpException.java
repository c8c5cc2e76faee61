package org.understudy.checkpoint.guest;

/**
 * A restore cannot go on, and nothing is lost by waiting: what was committed is kept, no guest
 * runs. It is called again, with the same image, once {@link Standby#takeoverReadiness} allows it.
 */
public final class HeldUpException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the reason for the operator. */
  public HeldUpException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
