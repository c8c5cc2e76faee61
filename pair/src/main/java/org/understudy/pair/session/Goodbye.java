package org.understudy.pair.session;

/** Why a node leaves the session; the code is that of the wire. */
public enum Goodbye {
  /** The node is being stopped; a stopped primary's register says ended first. */
  ORDERLY_END(1),
  /** The backup cannot or shall not go on: the primary claims solo. */
  RESIGN(2),
  /** The register names another owner: the node has stopped its guest. */
  FENCED(3),
  /** The final checkpoint is committed and the roles swap. */
  SWITCHOVER(4),
  /** The peer broke the protocol; a new handshake may follow. */
  PROTOCOL(5),
  /** The sender starts this session again with a new handshake. */
  LINK_RESTART(6);

  private final int code;

  Goodbye(int code) {
    this.code = code;
  }

  /** The stable code on the wire. */
  public int code() {
    return code;
  }

  /** The reason of a code. */
  public static Goodbye of(int code) {
    for (Goodbye goodbye : values()) {
      if (goodbye.code == code) {
        return goodbye;
      }
    }
    throw new IllegalArgumentException("unknown goodbye reason " + code);
  }
}
