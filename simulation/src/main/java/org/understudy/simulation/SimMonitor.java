package org.understudy.simulation;

import org.understudy.pair.ownership.NodeId;

/** A node's peer monitor: one connection to whoever is the peer now. */
final class SimMonitor {
  private final SimProcess process;
  private final World world;
  private final int index;
  private long connectedTo;

  SimMonitor(SimProcess process) {
    this.process = process;
    world = process.world;
    index = process.index;
  }

  void start(int life) {
    connectedTo = 0;
    schedule(life);
  }

  private void schedule(int life) {
    world.after(
        World.TIMEOUT_NS / 5,
        () -> {
          if (process.alive && life == process.life()) {
            if (connectedTo == 0) {
              connect(false);
            } else {
              world.wasIdle();
            }
            schedule(life);
          } else {
            world.wasIdle();
          }
        });
  }

  /** The peer of the session, or the only other node. */
  private SimProcess target() {
    NodeId peer = process.role.peer();
    for (SimProcess other : world.nodes) {
      if (peer != null && other.id.name().equals(peer.name())) {
        return other;
      }
    }
    return world.nodes.length == 2 ? world.nodes[1 - index] : null;
  }

  private void connect(boolean reconnect) {
    SimProcess peer = target();
    int life = process.life();
    boolean noDescriptor = process.lacks(Resource.DESCRIPTOR);
    world.after(
        world.between(50_000, 500_000),
        () -> process.deliver(life, () -> onAnswer(noDescriptor ? null : peer, reconnect)));
  }

  private void onAnswer(SimProcess peer, boolean reconnect) {
    boolean reachable =
        peer != null
            && !world.network.isCut(index, peer.index)
            && !world.network.isCut(peer.index, index);
    if (reachable && peer.alive && peer.pausedUntilNs <= world.now) {
      connectedTo = peer.id.incarnation();
      process.role.onMonitorConnected(connectedTo);
    } else if (reconnect && reachable && !peer.alive) {
      process.role.onMonitorRefused();
    } else if (reconnect) {
      process.role.events().onMonitorUnclear();
    }
  }

  /** The process is gone: whoever was connected to it notices, unless the line is cut. */
  void onDeath() {
    long gone = process.id.incarnation();
    for (SimProcess other : world.nodes) {
      if (other != process
          && other.alive
          && other.monitor.connectedTo == gone
          && !world.network.isCut(index, other.index)) {
        world.after(world.between(50_000, 300_000), () -> other.monitor.onClosed(gone));
      }
    }
  }

  void onClosed(long incarnation) {
    if (process.alive && connectedTo == incarnation) {
      connectedTo = 0;
      process.deliver(
          (Runnable)
              () -> {
                process.role.onMonitorClosed(incarnation);
                connect(true);
              });
    }
  }

  /** Somebody else connects and leaves. */
  void onStranger(long incarnation) {
    process.deliver((Runnable) () -> process.role.onMonitorClosed(incarnation));
  }
}
