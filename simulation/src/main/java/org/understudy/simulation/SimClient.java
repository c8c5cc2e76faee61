package org.understudy.simulation;

/** A client: one connection at a time, requests in flight, every answer checked. */
final class SimClient {
  private static final int PIPELINE = 3;
  private static final long PATIENCE_NS = World.TIMEOUT_NS * 40;

  private final World world;
  private final int index;
  private SimProcess node;
  private long connection;
  private long session;
  private long sent;
  private long answered;
  private long waitingSinceNs;

  long answers;
  long brokenConnections;

  SimClient(World world, int index) {
    this.world = world;
    this.index = index;
  }

  void start() {
    world.after(world.between(0, 5_000_000), this::turn);
  }

  private void turn() {
    if (node == null) {
      connect();
    } else if (sent - answered > 0 && world.now - waitingSinceNs > PATIENCE_NS) {
      node.connections.remove(session);
      node = null;
    } else if (sent - answered < PIPELINE && !world.arbiter.isEnded()) {
      if (sent == answered) {
        waitingSinceNs = world.now;
      }
      sent++;
      long ofSession = session;
      long request = sent;
      SimProcess to = node;
      world.after(
          world.between(50_000, 400_000),
          () -> {
            if (to.connections.get(ofSession) == this) {
              to.inbox.add((Runnable) () -> to.role.onClient(ofSession, request));
            }
          });
    }
    world.after(world.between(1_000_000, 12_000_000), this::turn);
  }

  private void connect() {
    SimProcess candidate = world.nodes[world.below(world.nodes.length)];
    if (candidate.alive && candidate.accepting) {
      node = candidate;
      session = ((long) index + 1) << 32 | ++connection;
      sent = 0;
      answered = 0;
      waitingSinceNs = world.now;
      node.connections.put(session, this);
    }
  }

  void onReply(Reply reply) {
    if (reply.entry().request != answered + 1) {
      throw new Violation(
          "inputs once: client "
              + index
              + " waits for answer "
              + (answered + 1)
              + ", got "
              + reply.entry());
    }
    answered++;
    answers++;
    world.statistics.answers++;
    waitingSinceNs = world.now;
  }

  void onClosed() {
    node = null;
    brokenConnections++;
  }

  boolean isConnected() {
    return node != null;
  }
}
