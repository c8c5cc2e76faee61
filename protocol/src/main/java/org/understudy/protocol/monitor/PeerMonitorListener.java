package org.understudy.protocol.monitor;

import org.understudy.pair.ownership.NodeId;

/**
 * What the peer monitor sees of the peer's process; called on the agent's thread inside {@link
 * PeerMonitor#doWork}. Only facts: what they mean is the failure detector's decision (SAFETY rule
 * D1: only the connection bound to the current incarnation counts).
 */
public interface PeerMonitorListener {
  /** The connection is bound: the peer's process answered with this identity. */
  default void onPeerConnected(NodeId peer) {}

  /** The bound connection was closed; one reconnect is under way. */
  default void onConnectionClosed(NodeId peer) {}

  /** After a close: nothing listens at the peer's address any more. */
  default void onReconnectRefused(NodeId lastPeer) {}

  /**
   * After a close: a process answered and the connection is bound to it. The same incarnation is
   * alive and lost a connection; another one means that the last is dead.
   */
  default void onReconnectAnswered(NodeId lastPeer, NodeId peer) {}

  /** A connection that does not belong to this pair was turned away. */
  default void onStranger(String reason) {}
}
