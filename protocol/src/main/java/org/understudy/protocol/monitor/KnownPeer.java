package org.understudy.protocol.monitor;

import org.understudy.pair.ownership.NodeId;

/**
 * Who answers at the peer's address, learnt on the connection that this node makes itself. Written
 * by the agent's thread, read by the listening side when it has to choose whom to let go.
 */
final class KnownPeer {
  private volatile NodeId node;

  void is(NodeId peer) {
    node = peer;
  }

  /**
   * Whether somebody (null: he said no hello yet) says he is that peer. Field by field: the equals
   * of a record links itself at first use, which the monitor's thread must not do.
   */
  boolean isClaimedBy(NodeId speaker) {
    NodeId known = node;
    return known != null
        && speaker != null
        && known.incarnation() == speaker.incarnation()
        && known.name().equals(speaker.name());
  }
}
