package org.understudy.vm.qmp;

/** QEMU refused a request: the connection stays usable. */
public final class QmpErrorException extends QmpException {
  private static final long serialVersionUID = 1L;

  private final String command;
  private final String errorClass;
  private final String description;

  QmpErrorException(String command, String errorClass, String description) {
    super("QEMU refused " + command + ": " + errorClass + ": " + description);
    this.command = command;
    this.errorClass = errorClass;
    this.description = description;
  }

  /** What was refused. */
  public String command() {
    return command;
  }

  /** QEMU's class of the error, {@code GenericError} for most. */
  public String errorClass() {
    return errorClass;
  }

  /** QEMU's words. */
  public String description() {
    return description;
  }
}
