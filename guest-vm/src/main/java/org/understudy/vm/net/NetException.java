package org.understudy.vm.net;

import org.understudy.host.LinuxCalls;

/**
 * Something about the guest's network cannot be done; the message says what, why and what helps.
 */
public final class NetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NetException(String message) {
    super(message);
  }

  NetException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Of a call that returned a negative error number. */
  static NetException of(String what, int result, String remedy) {
    return new NetException(
        what
            + ": "
            + LinuxCalls.describe(-result)
            + " (errno "
            + -result
            + ")"
            + (remedy.isEmpty() ? "" : "; " + remedy));
  }
}
