package org.understudy.primary.session;

/**
 * The operator's order to move the guest to its backup, and what came of it. One at a time; the
 * last one can be looked at until the next.
 */
public final class Switchover {
  /** How far it is. */
  public enum Phase {
    /** Nobody asked for one. */
    NONE,
    /** Ordered: the register is read, since nothing may stand still that cannot be handed over. */
    CHECKING,
    /** Begun: the guest is being paused, or its last epoch is on its way. */
    SWITCHING,
    /** The last epoch is committed; the backup claims, or this node does: the register decides. */
    HANDED_OVER,
    /** The guest runs on the backup. */
    MOVED,
    /** The guest goes on here, or another way than ordered; the text says why. */
    FAILED,
    /** Nothing was begun; the text says why. */
    REFUSED
  }

  private Phase phase = Phase.NONE;
  private String text = "";
  private String obstacle = "";
  private boolean guestHeld;
  private boolean isAsked;
  private boolean isConfirmed;
  private long epoch = -1;
  private long orderedNs;
  private long handedOverNs;
  private long endedNs;
  private long lookedNs;

  void order(String reason, long nowNs) {
    phase = Phase.CHECKING;
    isAsked = false;
    isConfirmed = false;
    text = reason;
    obstacle = "";
    epoch = -1;
    orderedNs = nowNs;
    handedOverNs = 0;
    endedNs = 0;
  }

  /** The guest was asked for its last capture: it has to be told if it is to go on. */
  void holdGuest() {
    guestHeld = true;
  }

  /** The guest has to be told to go on. */
  boolean isGuestHeld() {
    return guestHeld;
  }

  /** It was told. */
  void onGuestResumed() {
    guestHeld = false;
  }

  boolean isUnderWay() {
    return phase == Phase.CHECKING || phase == Phase.SWITCHING || phase == Phase.HANDED_OVER;
  }

  /** True once after the order: the register is to be read. */
  boolean takeQuestion() {
    boolean result = phase == Phase.CHECKING && !isAsked;
    isAsked |= result;
    return result;
  }

  /** The register was read, and says that the guest is this node's. */
  void confirm() {
    isConfirmed |= phase == Phase.CHECKING && isAsked;
  }

  /** The register cannot be read: nothing is begun. */
  void refuse(String why, long nowNs) {
    if (phase == Phase.CHECKING && isAsked) {
      end(Phase.REFUSED, nowNs, why);
    }
  }

  boolean isConfirmed() {
    return phase == Phase.CHECKING && isConfirmed;
  }

  /** The backup was told to claim, and nobody is known to have. */
  boolean isTold() {
    return phase == Phase.HANDED_OVER;
  }

  /** True once per interval: look at the register. */
  boolean takeLook(long nowNs, long intervalNs) {
    boolean due = nowNs - lookedNs >= intervalNs;
    lookedNs = due ? nowNs : lookedNs;
    return due;
  }

  /** What follows from a new state of the session. */
  void onState(PrimaryState state, long committedEpoch, long nowNs, String reason) {
    if (!isUnderWay()) {
      return;
    }
    switch (state) {
      case SWITCHING -> {
        phase = Phase.SWITCHING;
        text = reason;
      }
      case HANDED_OVER -> {
        phase = Phase.HANDED_OVER;
        epoch = committedEpoch;
        handedOverNs = nowNs;
        lookedNs = nowNs;
        text = reason;
      }
      case CLAIMING -> {
        if (phase == Phase.CHECKING) {
          end(Phase.REFUSED, nowNs, reason);
        } else {
          obstacle = reason + "; ";
        }
      }
      case MOVED -> end(Phase.MOVED, nowNs, reason);
      default ->
          end(phase == Phase.CHECKING ? Phase.REFUSED : Phase.FAILED, nowNs, obstacle + reason);
    }
  }

  private void end(Phase how, long nowNs, String reason) {
    phase = how;
    text = reason;
    endedNs = nowNs;
  }

  /** How far it is. */
  public Phase phase() {
    return phase;
  }

  /** One line for people. */
  public String text() {
    return text;
  }

  /** The last epoch of this primary, once it is committed; -1 before. */
  public long epoch() {
    return epoch;
  }

  /** When it was ordered. */
  public long orderedNs() {
    return orderedNs;
  }

  /** When the backup was told to claim; 0 if it was not. */
  public long handedOverNs() {
    return handedOverNs;
  }

  /** When it was known what came of it; 0 before. */
  public long endedNs() {
    return endedNs;
  }
}
