package org.understudy.host;

/** A Linux call failed; the message names the call, what it was for, and the system's reason. */
public final class LinuxCallException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  LinuxCallException(String what, int errno) {
    super(what + ": " + LinuxCalls.describe(errno) + " (errno " + errno + ")");
    this.errno = errno;
  }

  /** The system's error number. */
  public int errno() {
    return errno;
  }
}
