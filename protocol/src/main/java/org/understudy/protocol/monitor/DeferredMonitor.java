package org.understudy.protocol.monitor;

import org.understudy.protocol.arbiter.NodeId;

/**
 * Answers to a reconnect wait for the next duty cycle: the failure detector has to ask for the
 * reconnect before it can be told of its outcome.
 */
public final class DeferredMonitor {
  /** Takes the answers. */
  public interface Answers {
    /** The monitor is connected to this incarnation. */
    void onMonitorConnected(long incarnation);

    /** The monitor's reconnect was refused. */
    void onMonitorRefused();
  }

  private NodeId connected;
  private boolean refused;

  /** The monitor is connected to this process. */
  public void connected(NodeId peer) {
    connected = peer;
    refused = false;
  }

  /** The reconnect was refused. */
  public void refused() {
    refused = true;
  }

  /** At the start of a duty cycle. */
  public void deliver(Answers session) {
    if (connected != null) {
      session.onMonitorConnected(connected.incarnation());
      connected = null;
    }
    if (refused) {
      session.onMonitorRefused();
      refused = false;
    }
  }
}
