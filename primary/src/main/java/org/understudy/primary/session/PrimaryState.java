package org.understudy.primary.session;

import java.util.EnumSet;
import java.util.Set;

/** States of a {@link PrimarySession}; the code is stable (status, metrics, the wire). */
public enum PrimaryState {
  /** Owner without a backup: output leaves freely. */
  SOLO(0),
  /** A backup was accepted; its first message in the new link session is awaited. */
  HANDSHAKING(1),
  /** The initial copy is on its way; still solo for the register. */
  SYNCING(2),
  /** Epoch 0 is committed and output is gated; the register is being written. */
  WHOLE(3),
  /** The register names the backup: output leaves after its commit. */
  PROTECTED(4),
  /** Protected, but the link session is broken: a new handshake is awaited. */
  LINK_LOST(5),
  /** The backup counts as lost and solo is claimed: output waits. */
  CLAIMING(6),
  /** The last epoch is committed, then the register says ended. */
  ENDING(7),
  /** The guest ended in an orderly way. */
  ENDED(8),
  /** Another node owns the guest: it is stopped here and nothing leaves any more. */
  FENCED(9);

  private final int code;
  private Set<PrimaryState> next = Set.of();

  static {
    SOLO.next = EnumSet.of(HANDSHAKING, ENDING, FENCED);
    HANDSHAKING.next = EnumSet.of(SYNCING, SOLO, FENCED);
    SYNCING.next = EnumSet.of(HANDSHAKING, SOLO, WHOLE, FENCED);
    WHOLE.next = EnumSet.of(PROTECTED, CLAIMING, FENCED);
    PROTECTED.next = EnumSet.of(LINK_LOST, CLAIMING, ENDING, FENCED);
    LINK_LOST.next = EnumSet.of(PROTECTED, CLAIMING, ENDING, FENCED);
    CLAIMING.next = EnumSet.of(SOLO, ENDED, FENCED);
    ENDING.next = EnumSet.of(CLAIMING, ENDED, FENCED);
  }

  PrimaryState(int code) {
    if (code != ordinal()) {
      throw new IllegalArgumentException(name() + " has code " + code + ", not " + ordinal());
    }
    this.code = code;
  }

  /** The stable code. */
  public int code() {
    return code;
  }

  /** Whether this state may be followed by that one. */
  public boolean canBecome(PrimaryState other) {
    return next.contains(other);
  }

  /** Whether the session is over. */
  public boolean isTerminal() {
    return this == ENDED || this == FENCED;
  }

  /** The state of a code. */
  public static PrimaryState of(int code) {
    if (code < 0 || code >= values().length) {
      throw new IllegalArgumentException("unknown primary state " + code);
    }
    return values()[code];
  }
}
