package org.understudy.protocol.monitor;

import org.understudy.pair.ownership.NodeId;

/**
 * Who answers at the peer's address, learnt on the connection that this node makes itself. Written
 * by the agent's thread, read by the listening side when it has to choose whom to let go.
 */
final class KnownPeer {
  private static final byte[] NOBODY = {};

  private volatile NodeId node;
  private volatile byte[] line = NOBODY;

  void is(MonitorHello hello) {
    node = hello.node();
    line = hello.encode().array();
  }

  /** Whether somebody who said this hello says he is that peer. */
  boolean isClaimedBy(MonitorHello hello) {
    return hello.node().equals(node);
  }

  /** What the peer says; empty as long as none is known. */
  byte[] line() {
    return line;
  }
}
