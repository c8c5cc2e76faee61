package org.understudy.node.program;

/**
 * An expected failure: one line that names the thing, its value and the remedy. Shown without a
 * stack trace (unless {@code --verbose} asks for one).
 */
public class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  /** An expected failure that ends the program with {@code exitCode}. */
  public UserError(int exitCode, String message) {
    this(exitCode, message, null);
  }

  /** An expected failure with its cause, which only {@code --verbose} shows. */
  public UserError(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** One of {@link ExitCode}. */
  public int exitCode() {
    return exitCode;
  }
}
