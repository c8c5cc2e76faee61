package org.understudy.vm.qmp;

/** What arrived is not QMP, or goes beyond a limit. */
public final class QmpFormatException extends QmpException {
  private static final long serialVersionUID = 1L;

  QmpFormatException(String message) {
    super(message);
  }

  QmpFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
