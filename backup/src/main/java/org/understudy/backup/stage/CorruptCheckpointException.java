package org.understudy.backup.stage;

/**
 * A checkpoint that is refused: its data is corrupt, out of order or beyond a limit. The image is
 * as it was. Never a reason for a takeover.
 */
public final class CorruptCheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says what is wrong, with expected and actual values. */
  public CorruptCheckpointException(String message) {
    super(message);
  }

  /** Says what is wrong, followed by what the decoder found. */
  public CorruptCheckpointException(String message, Throwable cause) {
    super(message + ": " + cause.getMessage(), cause);
  }
}
