package org.understudy.protocol.wire;

/**
 * Backup to primary on every connect: who it is and what it holds. Fields as in the schema.
 *
 * @param helloId random number of this attempt, not 0; the same when repeated for lack of an answer
 * @param identity who sends it
 * @param pairId name of the pair
 * @param held what the backup holds
 * @param guest what it would run
 * @param frontAddress address of its front, for the primary's status
 */
public record Hello(
    long helloId,
    NodeIdentity identity,
    String pairId,
    Held held,
    GuestTerms guest,
    String frontAddress) {

  /**
   * What a backup holds of an earlier session.
   *
   * @param hasCompleteImage a whole image of the generation at {@code lastCommittedEpoch}
   * @param lastCommittedEpoch -1 for none
   * @param lastOutputReceived last SessionOutput received, 0 for none
   * @param peerIncarnation incarnation of the primary it was paired with, 0 for none
   * @param lastLinkSession link session in which it was paired, 0 for none
   * @param hasBase memory of an image or a guest before, whatever it holds now
   */
  public record Held(
      boolean hasCompleteImage,
      long lastCommittedEpoch,
      long lastOutputReceived,
      long peerIncarnation,
      long lastLinkSession,
      boolean hasBase) {
    /** A fresh backup. */
    public static final Held NOTHING = new Held(false, -1, 0, 0, 0, false);
  }
}
