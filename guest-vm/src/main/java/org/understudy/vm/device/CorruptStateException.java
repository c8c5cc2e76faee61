package org.understudy.vm.device;

/** What should be device state is not; nothing was changed. */
public final class CorruptStateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CorruptStateException(String message) {
    super(message);
  }
}
