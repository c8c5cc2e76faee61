package org.understudy.vm.track;

/** The memory of another process cannot be tracked; the message says which step failed. */
public final class TrackingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** For a reason. */
  public TrackingException(String message) {
    super(message);
  }

  TrackingException(String message, Throwable cause) {
    super(message, cause);
  }
}
