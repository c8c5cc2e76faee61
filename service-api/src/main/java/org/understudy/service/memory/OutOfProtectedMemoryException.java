package org.understudy.service.memory;

/**
 * No free range of protected memory is long enough. Thrown before anything has changed, so that a
 * service can answer its client with an error and go on.
 */
public final class OutOfProtectedMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Names the request and what is free. */
  public OutOfProtectedMemoryException(long requestedBytes, long freeBytes, long totalBytes) {
    super(
        "out of protected memory: "
            + requestedBytes
            + " bytes asked, "
            + freeBytes
            + " of "
            + totalBytes
            + " bytes are in free pages; delete something or raise the memory size",
        null,
        false,
        false);
  }
}
