package org.understudy.pair.session;

/** Why a handshake is refused; the code is that of the wire. */
public enum Reject {
  /** No protocol version in common. */
  VERSION(1, false),
  /** The pair's id differs. */
  PAIR_ID(2, false),
  /** The two nodes use different arbiter registers. */
  REGISTER(3, false),
  /** Another guest type. */
  GUEST_TYPE(4, false),
  /** Another version of the guest's state format. */
  STATE_FORMAT(5, false),
  /** Other regions. */
  LAYOUT(6, false),
  /** Another idea of the guest's properties. */
  GUEST_FLAGS(7, false),
  /** The node that was asked does not own the guest (not yet, or not any more). */
  NOT_PRIMARY(8, true),
  /** Another backup is paired already. */
  OTHER_BACKUP(9, true),
  /** The register names another generation or other nodes than the sender believes. */
  GENERATION(10, true),
  /** No seal in common. */
  SEAL(11, false),
  /** Not now (a claim is pending, the guest is starting or ending). */
  BUSY(12, true),
  /** A node reached itself. */
  SELF(13, false),
  /** The preset asks for a property that the guest lacks. */
  PRESET(14, false);

  private final int code;
  private final boolean retry;

  Reject(int code, boolean retry) {
    this.code = code;
    this.retry = retry;
  }

  /** The stable code on the wire. */
  public int code() {
    return code;
  }

  /** Whether trying again later may succeed; otherwise an operator has to change something. */
  public boolean retry() {
    return retry;
  }

  /** The reason of a code. */
  public static Reject of(int code) {
    for (Reject reject : values()) {
      if (reject.code == code) {
        return reject;
      }
    }
    throw new IllegalArgumentException("unknown reject code " + code);
  }
}
