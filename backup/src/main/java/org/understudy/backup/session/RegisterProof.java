package org.understudy.backup.session;

import org.understudy.pair.session.Backoff;

/**
 * That this node reads the register which its primary writes: shown by an own look at it after the
 * primary has said which generation that has, first before epoch 0 is acked, and again when the
 * register names this node (SAFETY rule O7). Two nodes with an arbiter each would both own their
 * guest, and each would find out only when the other is dead.
 */
final class RegisterProof {
  /** What is to be done about a register that is not the primary's. */
  enum Verdict {
    /** Nothing: it is, or it is too early to say. */
    NONE,
    /** Nothing was acked yet: refuse to be a backup. */
    REFUSE,
    /** The primary counts on this node already: resign. */
    RESIGN
  }

  private final long patienceNs;
  private final Backoff looks;
  private String place = "";
  private boolean isOpen;
  private boolean held;
  private String fault;
  private long faultSinceNs;

  /**
   * Nothing to be shown.
   *
   * @param patienceNs how long the register has to be wrong until it counts as another one
   * @param lookNs wait before the second look
   */
  RegisterProof(long patienceNs, long lookNs) {
    this.patienceNs = patienceNs;
    looks = new Backoff(lookNs, patienceNs);
  }

  /** A copy begins; nothing is shown for it. */
  void restart(String placeOfPrimary) {
    place = placeOfPrimary;
    held = false;
    demand();
  }

  /** The primary says that the register was written: it has to show here as well. */
  void demand() {
    isOpen = true;
    fault = null;
    looks.reset();
  }

  void stop() {
    isOpen = false;
  }

  /** Whether it was shown at least once for this copy. */
  boolean isHeld() {
    return held;
  }

  /** True each time that a look is due. */
  boolean takeLook(long nowNs) {
    boolean due = isOpen && looks.isOver(nowNs);
    if (due) {
      looks.failed(nowNs);
    }
    return due;
  }

  /** The register was looked at; {@code newFault} says why it is not the one, or null. */
  Verdict onLooked(String newFault, long liveNs) {
    if (!isOpen) {
      return Verdict.NONE;
    }
    if (newFault == null) {
      held = true;
      isOpen = false;
      fault = null;
      return Verdict.NONE;
    }
    if (fault == null) {
      faultSinceNs = liveNs;
    }
    fault = newFault;
    if (liveNs - faultSinceNs < patienceNs) {
      return Verdict.NONE;
    }
    isOpen = false;
    return held ? Verdict.RESIGN : Verdict.REFUSE;
  }

  /** What is wrong, for people. */
  String reason(String ownPlace) {
    return "this node's arbiter ("
        + ownPlace
        + ") is not the primary's ("
        + place
        + "): "
        + fault
        + "; give both nodes the same arbiter.dir, or arbiter.endpoints";
  }
}
