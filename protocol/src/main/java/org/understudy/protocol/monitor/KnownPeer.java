package org.understudy.protocol.monitor;

import org.understudy.pair.ownership.NodeId;

/**
 * Who answers at the peer's address, learnt on the connection that this node makes itself. Written
 * by the agent's thread, read by the listening side when it has to choose whom to let go.
 */
final class KnownPeer {
  private volatile long incarnation;

  void is(NodeId node) {
    incarnation = node.incarnation();
  }

  /** Whether that start of a node is the peer's; 0 is nobody's. */
  boolean isIncarnation(long said) {
    return said != 0 && said == incarnation;
  }
}
