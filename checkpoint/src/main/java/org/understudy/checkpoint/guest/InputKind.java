package org.understudy.checkpoint.guest;

/** Kinds of logged inputs; the code is their byte on the wire and in the log, never renumbered. */
public enum InputKind {
  /** A client connected. */
  SESSION_OPENED(1),
  /** Bytes from a client; one input is one event, its boundaries are part of the log. */
  BYTES(2),
  /** A client is gone. */
  SESSION_CLOSED(3),
  /** The clock reached the stamp that the guest asked for. */
  TIMER(4),
  /** A network frame for the guest (virtual machines). */
  FRAME(5);

  private final int code;

  InputKind(int code) {
    this.code = code;
  }

  /** The stable byte of this kind. */
  public int code() {
    return code;
  }

  /** The kind of a byte. */
  public static InputKind of(int code) {
    return switch (code) {
      case 1 -> SESSION_OPENED;
      case 2 -> BYTES;
      case 3 -> SESSION_CLOSED;
      case 4 -> TIMER;
      case 5 -> FRAME;
      default -> throw new IllegalArgumentException("unknown input kind " + code);
    };
  }
}
