package org.understudy.simulation;

import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.RegisterAnswers;
import org.understudy.pair.session.SessionEvents;

/** A role that a real agent plays. */
interface AgentRole extends SimProcess.Role {
  AgentNode node();

  @Override
  default void onMessage(Message message) {
    throw new IllegalStateException("agents take bytes, not " + message);
  }

  @Override
  default void onClient(long session, long request) {
    node().onClient(session, request);
  }

  @Override
  default void onConnected(long session) {
    node().front.connect(session);
  }

  @Override
  default void onDisconnected(long session) {
    node().front.disconnect(session);
  }

  @Override
  default RegisterAnswers answers() {
    return node().calls;
  }

  @Override
  default void onMonitorConnected(long incarnation) {
    node().seen.onPeerConnected(new NodeId("peer", incarnation));
  }

  @Override
  default void onMonitorClosed(long incarnation) {
    node().seen.onConnectionClosed(new NodeId("peer", incarnation));
  }

  @Override
  default void onMonitorRefused() {
    node().seen.onReconnectRefused(new NodeId("peer", 0));
  }

  @Override
  default long[] memory() {
    return node().memory.words();
  }

  /** Whether nobody else could go on with the guest, as far as this node knows. */
  boolean isLastCopy();

  /** A duty cycle failed, and the process goes on all the same. */
  void onCycleFailed(Throwable cause);

  @Override
  SessionEvents events();
}
