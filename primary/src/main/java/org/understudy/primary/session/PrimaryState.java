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
  FENCED(9),
  /** A switchover was ordered: the guest is to be paused and its last epoch committed. */
  SWITCHING(10),
  /** That is committed and released, the backup was told to claim: only the register decides. */
  HANDED_OVER(11),
  /** The backup took the guest over as it was ordered to. */
  MOVED(12),
  /** The node is stopped and nobody else has the guest: it is paused and written down. */
  SAVING(13),
  /** The guest is written down, for a later start of this node. */
  SAVED(14);

  private final int code;
  private Set<PrimaryState> next = Set.of();

  static {
    SOLO.next = EnumSet.of(HANDSHAKING, ENDING, FENCED, SAVING);
    HANDSHAKING.next = EnumSet.of(SYNCING, SOLO, FENCED);
    SYNCING.next = EnumSet.of(SOLO, WHOLE, FENCED);
    WHOLE.next = EnumSet.of(PROTECTED, CLAIMING, FENCED);
    PROTECTED.next = EnumSet.of(LINK_LOST, CLAIMING, ENDING, FENCED, SWITCHING);
    LINK_LOST.next = EnumSet.of(PROTECTED, CLAIMING, ENDING, FENCED);
    CLAIMING.next = EnumSet.of(SOLO, ENDED, FENCED, MOVED);
    ENDING.next = EnumSet.of(CLAIMING, ENDED, FENCED);
    SWITCHING.next = EnumSet.of(PROTECTED, LINK_LOST, CLAIMING, HANDED_OVER, FENCED);
    HANDED_OVER.next = EnumSet.of(CLAIMING, MOVED, FENCED);
    SAVING.next = EnumSet.of(SOLO, SAVED, FENCED);
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

  /** Output leaves only after the backup's commit. */
  boolean isGated() {
    return switch (this) {
      case WHOLE, PROTECTED, LINK_LOST, ENDING, SWITCHING, HANDED_OVER -> true;
      default -> false;
    };
  }

  /** As long as the register names no backup whose image is whole. */
  public boolean isLastCopy() {
    return switch (this) {
      case SOLO, HANDSHAKING, SYNCING, WHOLE, CLAIMING, SAVING -> true;
      default -> false;
    };
  }

  /** A backup that answers in the session of a full copy gets one. */
  boolean mayStartCopy() {
    return this == SOLO || this == HANDSHAKING || this == SYNCING;
  }

  /** Inputs of the backup's front are for the guest. */
  boolean takesInputs() {
    return switch (this) {
      case PROTECTED, LINK_LOST, SWITCHING, HANDED_OVER -> true;
      default -> false;
    };
  }

  /** Whether the session is over. */
  public boolean isTerminal() {
    return next.isEmpty();
  }

  /** Whether this version knows a state of that code. */
  public static boolean isCode(int code) {
    return code >= 0 && code < values().length;
  }

  /** The state of a code. */
  public static PrimaryState of(int code) {
    if (!isCode(code)) {
      throw new IllegalArgumentException("unknown primary state " + code);
    }
    return values()[code];
  }
}
