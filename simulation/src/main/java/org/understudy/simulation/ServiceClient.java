package org.understudy.simulation;

/**
 * A client of a service: one connection at a time, to whatever front accepts, requests in flight.
 */
final class ServiceClient extends SimClient {
  private static final int PIPELINE = 3;
  private static final long PATIENCE_NS = World.TIMEOUT_NS * 40;

  private SimProcess node;
  private long connection;
  private long session;
  private long sent;
  private long answered;
  private long waitingSinceNs;

  ServiceClient(World world, int index) {
    super(world, index);
  }

  @Override
  void start() {
    world.after(world.between(0, 5_000_000), this::turn);
  }

  private void turn() {
    boolean isWaiting = false;
    if (node == null) {
      connect();
    } else if (sent - answered > 0 && world.now - waitingSinceNs > PATIENCE_NS) {
      node.disconnect(session);
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
            if (to.clientOf(ofSession) == this) {
              to.deliver((Runnable) () -> to.role.onClient(ofSession, request));
            }
          });
    } else {
      isWaiting = true;
    }
    if (isWaiting) {
      world.wasIdle();
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
      node.connect(session, this);
    }
  }

  @Override
  void onReply(Answer reply, int fromNode) {
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
    answered();
    waitingSinceNs = world.now;
  }

  @Override
  void onClosed() {
    node = null;
  }
}
