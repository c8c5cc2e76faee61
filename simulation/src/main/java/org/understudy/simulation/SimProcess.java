package org.understudy.simulation;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.session.SessionEvents;

/** One node: a process that starts, runs duty cycles, stands still, dies and starts again. */
final class SimProcess {
  /** What a process does in its duty cycle. */
  interface Role {
    void cycle(long nowNs);

    void onMessage(Message message);

    void onClient(long session, long request);

    /** Takes what peer monitor and arbiter report. */
    SessionEvents events();

    boolean isOver();

    String describe();
  }

  /** Thrown in the middle of a duty cycle. */
  static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Crash() {
      super("crash", null, false, false);
    }
  }

  final World world;
  final int index;
  final ArrayDeque<Object> inbox = new ArrayDeque<>();
  final Map<Long, SimClient> connections = new LinkedHashMap<>();

  NodeId id;
  long registerId;
  boolean alive;
  boolean accepting;
  boolean slowLink;
  boolean stuckCommit;
  boolean diskFull;
  boolean logFull;
  long pausedUntilNs;
  int crashAfterActions = -1;
  Role role;
  long monitorPeer;
  private int lifetime;

  SimProcess(World world, int index) {
    this.world = world;
    this.index = index;
  }

  /** A new process start: a new incarnation that knows nothing. */
  void boot(long ofRegister) {
    lifetime++;
    id = new NodeId("n" + index, world.newIncarnation());
    registerId = ofRegister;
    alive = true;
    accepting = false;
    slowLink = false;
    stuckCommit = false;
    diskFull = false;
    logFull = false;
    pausedUntilNs = 0;
    crashAfterActions = -1;
    inbox.clear();
    monitorPeer = 0;
    scheduleCycle(lifetime);
    scheduleMonitor(lifetime);
  }

  void startPrimary(SimGuest guest, Register register, long lastInput) {
    role = new SimPrimary(this, guest, register, lastInput);
  }

  void startBackup() {
    role = new SimBackup(this);
  }

  private void scheduleCycle(int life) {
    long delay = world.between(500_000, 2_500_000);
    if (pausedUntilNs > world.now) {
      delay += pausedUntilNs - world.now;
    }
    world.after(delay, () -> runCycle(life));
  }

  private void runCycle(int life) {
    if (!alive || life != lifetime) {
      return;
    }
    if (pausedUntilNs <= world.now) {
      try {
        role.cycle(world.now);
      } catch (Crash crash) {
        die("crash in mid-cycle");
        return;
      }
      if (role.isOver()) {
        die("exits: " + role.describe());
        return;
      }
    }
    scheduleCycle(life);
  }

  /** Everything that arrived, in order. */
  void drain() {
    Object next;
    while ((next = inbox.poll()) != null) {
      if (next instanceof Message message) {
        role.onMessage(message);
      } else {
        ((Runnable) next).run();
      }
    }
  }

  /** Called at the start of each action: a process may die between any two of them. */
  void step() {
    if (crashAfterActions >= 0 && crashAfterActions-- == 0) {
      throw new Crash();
    }
  }

  void send(int to, Message message) {
    world.network.send(index, to, message);
  }

  void die(String reason) {
    if (!alive) {
      return;
    }
    world.log(index, "process " + id + " dies: " + reason);
    alive = false;
    closeClients();
    for (SimProcess other : world.nodes) {
      if (other != this && other.alive && other.monitorPeer == id.incarnation()) {
        if (!world.network.isCut(index, other.index)) {
          long gone = id.incarnation();
          world.after(world.between(50_000, 300_000), () -> other.monitorClosed(gone));
        }
      }
    }
    if (world.restarts) {
      world.after(world.between(World.TIMEOUT_NS / 10, World.TIMEOUT_NS * 6), this::restart);
    }
  }

  void restart() {
    if (!alive && !world.arbiter.isEnded()) {
      boot(World.REGISTER_ID);
      world.log(index, "starts again as " + id);
      startBackup();
    }
  }

  void closeClients() {
    accepting = false;
    for (SimClient client : connections.values().toArray(new SimClient[0])) {
      client.onClosed();
    }
    connections.clear();
  }

  void reply(Reply reply) {
    world.checker.onRelease(this, reply);
    SimClient client = connections.get(reply.session());
    if (client != null) {
      client.onReply(reply);
    }
  }

  // ---- the peer monitor: one connection to whoever is the peer now

  private void scheduleMonitor(int life) {
    world.after(
        World.TIMEOUT_NS / 5,
        () -> {
          if (alive && life == lifetime) {
            if (monitorPeer == 0) {
              connectMonitor(false);
            }
            scheduleMonitor(life);
          }
        });
  }

  /** The only other node, or the one that is the peer in the session. */
  private SimProcess monitorTarget() {
    SimProcess peer = peerOfSession();
    if (peer != null) {
      return peer;
    }
    return world.nodes.length == 2 ? world.nodes[1 - index] : null;
  }

  private SimProcess peerOfSession() {
    NodeId node =
        role instanceof SimPrimary primary
            ? primary.session.backup()
            : ((SimBackup) role).session.primary();
    for (SimProcess other : world.nodes) {
      if (node != null && other.id.name().equals(node.name())) {
        return other;
      }
    }
    return null;
  }

  void connectMonitor(boolean reconnect) {
    SimProcess peer = monitorTarget();
    int life = lifetime;
    world.after(
        world.between(50_000, 500_000),
        () -> {
          if (alive && life == lifetime) {
            inbox.add((Runnable) () -> monitorAnswer(peer, reconnect));
          }
        });
  }

  private void monitorAnswer(SimProcess peer, boolean reconnect) {
    boolean reachable =
        peer != null
            && !world.network.isCut(index, peer.index)
            && !world.network.isCut(peer.index, index);
    if (reachable && peer.alive && peer.pausedUntilNs <= world.now) {
      monitorPeer = peer.id.incarnation();
      role.events().onMonitorConnected(monitorPeer);
    } else if (reconnect && reachable && !peer.alive) {
      role.events().onMonitorRefused();
    } else if (reconnect) {
      role.events().onMonitorUnclear();
    }
  }

  void monitorClosed(long incarnation) {
    if (alive && monitorPeer == incarnation) {
      monitorPeer = 0;
      inbox.add((Runnable) () -> role.events().onMonitorClosed(incarnation));
    }
  }

  /** Somebody else connects and leaves. */
  void strangerAtMonitor(long incarnation) {
    inbox.add((Runnable) () -> role.events().onMonitorClosed(incarnation));
  }
}
