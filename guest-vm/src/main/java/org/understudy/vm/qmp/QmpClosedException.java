package org.understudy.vm.qmp;

/** The connection ended: QEMU is gone, or it broke the protocol. */
public final class QmpClosedException extends QmpException {
  private static final long serialVersionUID = 1L;

  QmpClosedException(String message, Throwable cause) {
    super(message, cause);
  }
}
