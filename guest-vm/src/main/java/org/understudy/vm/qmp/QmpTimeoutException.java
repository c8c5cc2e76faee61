package org.understudy.vm.qmp;

/** No answer in time; whether the request was carried out is not known. */
public final class QmpTimeoutException extends QmpException {
  private static final long serialVersionUID = 1L;

  QmpTimeoutException(String message) {
    super(message);
  }
}
