package org.understudy.primary.session;

import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.session.Reject;

/**
 * A backup's Hello, as far as the session decides on it.
 *
 * @param node sender
 * @param helloId random number of the attempt; repeats of it get the same answer
 * @param registerId the sender's register, 0 if it knows none
 * @param peerIncarnation primary that the sender was paired with, 0 for none
 * @param lastLinkSession link session in which the sender was paired, 0 for none
 * @param lastCommittedEpoch last epoch committed, -1 for none
 * @param lastOutputReceived last output message received, 0 for none
 * @param completeImage the sender holds a whole image at that epoch
 * @param hasBase the sender's memory holds something that a copy may go over
 * @param refusal what the agent found wrong with version, pair, guest or layout, or null
 * @param refusalText why it is refused, for people, or null
 */
public record PeerHello(
    NodeId node,
    long helloId,
    long registerId,
    long peerIncarnation,
    long lastLinkSession,
    long lastCommittedEpoch,
    long lastOutputReceived,
    boolean completeImage,
    boolean hasBase,
    Reject refusal,
    String refusalText) {
  /** One of which nothing counts but why it is refused. */
  public static PeerHello refused(NodeId node, long helloId, Reject refusal, String text) {
    return new PeerHello(node, helloId, 0, 0, 0, -1, 0, false, false, refusal, text);
  }

  /** This Hello with the image called complete, or not, by what can still be sent to its sender. */
  public PeerHello withCompleteImage(boolean complete) {
    return new PeerHello(
        node,
        helloId,
        registerId,
        peerIncarnation,
        lastLinkSession,
        lastCommittedEpoch,
        lastOutputReceived,
        complete,
        hasBase,
        refusal,
        refusalText);
  }
}
