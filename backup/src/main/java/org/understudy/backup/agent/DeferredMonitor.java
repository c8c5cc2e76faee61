package org.understudy.backup.agent;

import org.understudy.backup.session.BackupSession;
import org.understudy.protocol.arbiter.NodeId;

/**
 * Answers to a reconnect wait for the next duty cycle: the failure detector has to ask for the
 * reconnect before it can be told of its outcome.
 */
final class DeferredMonitor {
  private NodeId connected;
  private boolean refused;

  void connected(NodeId peer) {
    connected = peer;
    refused = false;
  }

  void refused() {
    refused = true;
  }

  void deliver(BackupSession session) {
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
