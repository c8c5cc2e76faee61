package org.understudy.backup.session;

import org.understudy.pair.session.Goodbye;

/** What the primary said of its end, and what was refused for good. */
final class LastWords {
  private final PrimaryLink link;
  private final Intake intake;
  private boolean saidEnd;
  private boolean handedOver;
  private String endReason;
  private String refusal;

  LastWords(PrimaryLink link, Intake intake) {
    this.link = link;
    this.intake = intake;
  }

  /** A full copy follows: whatever was said before was another time. */
  void reset() {
    saidEnd = false;
    handedOver = false;
    endReason = null;
  }

  void onGoodbye(Goodbye reason, String text) {
    switch (reason) {
      case ORDERLY_END -> {
        saidEnd = intake.isFinalCommitted();
        endReason = "the primary ended: " + text;
        if (!intake.isFinalCommitted()) {
          link.markGone(endReason);
        }
      }
      case FENCED -> link.markGone("the primary is fenced: " + text);
      case SWITCHOVER -> handedOver = link.isNamed();
      default -> link.markBroken();
    }
  }

  /** Only an operator can change it. */
  void refuse(String text) {
    refusal = text;
  }

  /** The last epoch is committed, and the primary has ended. */
  boolean saidEnd() {
    return saidEnd;
  }

  /** The primary has let go of the guest for this node. */
  boolean handedOver() {
    return handedOver;
  }

  /** Why the primary ended, or null. */
  String endReason() {
    return endReason;
  }

  /** Why this node cannot be its backup, or null. */
  String refusal() {
    return refusal;
  }

  /** Why this node claims. */
  String claimReason(Resignation resignation) {
    String reason = saidEnd ? "the primary said goodbye" : link.deathReason();
    reason = handedOver ? "switchover: the primary hands the guest over" : reason;
    reason += intake.isFinalCommitted() ? "; the guest ended" : "";
    return reason + (resignation.isStop() ? "; not stopped, since this may be the last copy" : "");
  }
}
