package org.understudy.vm.device;

/** Each state of this machine has to be taken as a whole; the message says why. */
final class NoTemplateException extends RuntimeException {
  private static final long serialVersionUID = 1;

  NoTemplateException(String message) {
    super(message);
  }
}
