package org.understudy.vm.qmp;

/** Talking to QEMU failed; subclasses say how. */
public class QmpException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  QmpException(String message) {
    super(message);
  }

  QmpException(String message, Throwable cause) {
    super(message, cause);
  }
}
