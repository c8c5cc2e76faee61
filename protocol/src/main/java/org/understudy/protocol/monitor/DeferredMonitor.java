package org.understudy.protocol.monitor;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.session.SessionEvents;

/**
 * Brings what the peer monitor sees to the session of the moment: the monitor outlives a takeover.
 * A closing arrives at once; answers to the reconnect that follows wait for the next duty cycle,
 * since the failure detector has to ask for the reconnect before it can be told of its outcome.
 */
public final class DeferredMonitor implements PeerMonitorListener {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.monitor");

  private SessionEvents events;
  private NodeId connected;
  private boolean refused;

  /** From now on this session is told; what waits was meant for the one before. */
  public void bringTo(SessionEvents session) {
    events = session;
    connected = null;
    refused = false;
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

  @Override
  public void onStranger(String reason) {
    LOG.warn("turned away a connection at the monitor port: {}", reason);
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
