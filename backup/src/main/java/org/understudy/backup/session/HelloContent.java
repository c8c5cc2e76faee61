package org.understudy.backup.session;

/**
 * What a Hello says of this node's session.
 *
 * @param helloId random number of the attempt, not 0
 * @param registerId this node's register, 0 if it knows none
 * @param generation of the session before, 0 for none
 * @param peerIncarnation primary of the session before, 0 for none
 * @param lastLinkSession link session before, 0 for none
 * @param lastCommittedEpoch last epoch committed, -1 for none
 * @param lastOutputReceived last output message received, 0 for none
 * @param completeImage a whole image at that epoch is held
 * @param hasBase there is memory that a copy may go over
 */
public record HelloContent(
    long helloId,
    long registerId,
    long generation,
    long peerIncarnation,
    long lastLinkSession,
    long lastCommittedEpoch,
    long lastOutputReceived,
    boolean completeImage,
    boolean hasBase) {}
