package org.understudy.protocol.monitor;

import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.session.SessionEvents;

/**
 * Brings what the peer monitor sees to a session. A closing arrives at once; answers to the
 * reconnect that follows wait for the next duty cycle, since the failure detector has to ask for
 * the reconnect before it can be told of its outcome.
 */
public final class DeferredMonitor implements PeerMonitorListener {
  private final SessionEvents events;
  private NodeId connected;
  private boolean refused;

  /** For one session. */
  public DeferredMonitor(SessionEvents events) {
    this.events = events;
  }

  @Override
  public void onConnectionClosed(NodeId peer) {
    events.onMonitorClosed(peer.incarnation());
  }

  @Override
  public void onPeerConnected(NodeId peer) {
    connected = peer;
    refused = false;
  }

  @Override
  public void onReconnectAnswered(NodeId lastPeer, NodeId peer) {
    onPeerConnected(peer);
  }

  @Override
  public void onReconnectRefused(NodeId lastPeer) {
    refused = true;
  }

  /** At the start of a duty cycle. */
  public void deliver() {
    if (connected != null) {
      events.onMonitorConnected(connected.incarnation());
      connected = null;
    }
    if (refused) {
      events.onMonitorRefused();
      refused = false;
    }
  }
}
