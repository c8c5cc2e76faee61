package org.understudy.vm.qemu;

/** QEMU did not start, or did not do what it was started for; the message has its last words. */
public final class QemuException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the reason. */
  public QemuException(String message) {
    super(message);
  }

  /** With the reason and what led to it. */
  public QemuException(String message, Throwable cause) {
    super(message, cause);
  }
}
