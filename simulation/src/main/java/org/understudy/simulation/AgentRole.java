package org.understudy.simulation;

import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.RegisterAnswers;
import org.understudy.pair.session.SessionEvents;
import org.understudy.protocol.monitor.PeerMonitorListener;

/** A role that a real agent plays. */
interface AgentRole extends SimProcess.Role {
  AgentNode node();

  PeerMonitorListener monitor();

  @Override
  default void onMessage(Message message) {
    throw new IllegalStateException("agents take bytes, not " + message);
  }

  @Override
  default void onClient(long session, long request) {
    node().front.request(session, request);
    node().thread.wakeUp();
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
    monitor().onPeerConnected(new NodeId("peer", incarnation));
  }

  /** The real monitor reconnects once by itself. */
  @Override
  default void onMonitorClosed(long incarnation) {
    NodeId peer = new NodeId("peer", incarnation);
    monitor().onConnectionClosed(peer);
    node().process.monitor.connect(true);
  }

  @Override
  default void onMonitorRefused() {
    monitor().onReconnectRefused(new NodeId("peer", 0));
  }

  @Override
  SessionEvents events();
}
