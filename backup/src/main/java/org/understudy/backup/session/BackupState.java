package org.understudy.backup.session;

import java.util.EnumSet;
import java.util.Set;

/** States of a {@link BackupSession}; the code is stable (status, metrics, the wire). */
public enum BackupState {
  /** No primary yet: Hello is sent until it is answered. */
  CONNECTING(0),
  /** The initial copy is coming in. */
  SYNCING(1),
  /** A complete image, not yet named by the register. */
  WHOLE(2),
  /** The register names this node: it commits, and it may take over. */
  PROTECTED(3),
  /** A complete image, but the link session is broken: Hello asks for a resume. */
  LINK_LOST(4),
  /** The primary is dead; the register is being claimed: nothing is committed or acked. */
  CLAIMING(5),
  /** The claim is won: apply, restore, replay. */
  TAKING_OVER(6),
  /** The guest runs here; the node goes on as a primary. */
  SOLO(7),
  /** Left in an orderly way, or could not commit: never takes over. */
  RESIGNED(8),
  /** The claim was lost: the image is worthless. */
  LOST(9),
  /** The guest ended in an orderly way. */
  ENDED(10),
  /** The primary refuses this node for good: an operator has to change something. */
  REFUSED(11),
  /** Cannot go on as a backup; keeps its image until the primary is known to have claimed solo. */
  RESIGNING(12);

  private final int code;
  private Set<BackupState> next = Set.of();

  static {
    CONNECTING.next = EnumSet.of(SYNCING, RESIGNED, REFUSED);
    SYNCING.next = EnumSet.of(CONNECTING, WHOLE, RESIGNED, ENDED, REFUSED);
    WHOLE.next = EnumSet.of(PROTECTED, LINK_LOST, RESIGNING, RESIGNED, ENDED, REFUSED);
    PROTECTED.next = EnumSet.of(LINK_LOST, CLAIMING, RESIGNING, RESIGNED);
    LINK_LOST.next = EnumSet.of(WHOLE, PROTECTED, CLAIMING, CONNECTING, RESIGNING, RESIGNED, ENDED);
    CLAIMING.next = EnumSet.of(TAKING_OVER, RESIGNED, LOST, ENDED);
    TAKING_OVER.next = EnumSet.of(SOLO, LOST);
    RESIGNING.next = EnumSet.of(RESIGNED, CLAIMING, CONNECTING, ENDED);
  }

  BackupState(int code) {
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
  public boolean canBecome(BackupState other) {
    return next.contains(other);
  }

  /** Whether the session is over. */
  public boolean isTerminal() {
    return next.isEmpty();
  }

  /** While the primary is in doubt, and from the claim on. */
  public boolean isLastCopy() {
    return switch (this) {
      case LINK_LOST, CLAIMING, RESIGNING, TAKING_OVER, SOLO -> true;
      default -> false;
    };
  }

  /** Whether this node has asked for the guest, or has it. */
  boolean claimsOrOwns() {
    return this == CLAIMING || this == TAKING_OVER || this == SOLO;
  }

  /** Whether this version knows a state of that code. */
  public static boolean isCode(int code) {
    return code >= 0 && code < values().length;
  }

  /** The state of a code. */
  public static BackupState of(int code) {
    if (!isCode(code)) {
      throw new IllegalArgumentException("unknown backup state " + code);
    }
    return values()[code];
  }
}
