package org.understudy.checkpoint.codec.decode;

/** One epoch needs more staging memory than it may have; the image is as it was. */
public final class StagingLimitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Names what was needed and the limit. */
  public StagingLimitException(long needed, long limit) {
    super(
        "epoch needs "
            + needed
            + " bytes of staging, the limit is "
            + limit
            + ": raise the staging limit or capture more often");
  }
}
