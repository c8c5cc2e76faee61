package org.understudy.simulation;

/** An invariant of the design does not hold. */
public final class Violation extends AssertionError {
  private static final long serialVersionUID = 1L;

  /** Names the invariant and what broke it. */
  public Violation(String message) {
    super(message);
  }
}
