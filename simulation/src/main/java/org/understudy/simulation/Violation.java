package org.understudy.simulation;

/** An invariant of the design does not hold. */
public final class Violation extends AssertionError {
  private static final long serialVersionUID = 1L;

  /** What had happened until then; null if nobody counted. */
  public transient Statistics statistics;

  /** Names the invariant and what broke it. */
  public Violation(String message) {
    super(message);
  }

  /** The same with what was thrown. */
  public Violation(String message, Throwable cause) {
    super(message, cause);
  }
}
