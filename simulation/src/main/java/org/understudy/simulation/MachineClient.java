package org.understudy.simulation;

/**
 * A client of a machine: one connection for ever, as TCP keeps it. A frame that is lost is sent
 * again, a doubled one is dropped by who gets it; a gap or another answer never comes.
 */
final class MachineClient extends SimClient {
  private static final long RESEND_NS = World.TIMEOUT_NS / 3;

  private final long session;
  private long sent;
  private long answered;
  private long sentNs;

  MachineClient(World world, int index) {
    super(world, index);
    session = ((long) index + 1) << 32 | 1;
  }

  @Override
  void start() {
    world.after(world.between(0, 5_000_000), this::turn);
  }

  private void turn() {
    if (sent == answered && !world.arbiter.isEnded()) {
      sent++;
      send();
    } else if (sent != answered && world.now - sentNs > RESEND_NS) {
      whoHasTheAddress();
      send();
    } else {
      world.wasIdle();
    }
    world.after(world.between(1_000_000, 12_000_000), this::turn);
  }

  /** Nobody answered: the address is asked for again, and whoever runs the guest says so. */
  private void whoHasTheAddress() {
    SimProcess node = world.nodes[world.below(world.nodes.length)];
    if (node.alive && node.role instanceof Runner) {
      world.addressAt = node.index;
    }
  }

  private void send() {
    sentNs = world.now;
    SimProcess to = world.nodes[world.addressAt];
    long request = sent;
    world.after(
        world.between(50_000, 400_000),
        () -> to.deliver((Runnable) () -> to.role.onClient(session, request)));
  }

  @Override
  void onReply(Answer reply, int fromNode) {
    world.addressAt = fromNode;
    long request = reply.entry().request;
    if (request > sent) {
      throw new Violation(
          "inputs once: client " + index + " has sent " + sent + " requests, got " + reply.entry());
    }
    if (request == sent && answered < sent) {
      answered++;
      answered();
    }
  }

  @Override
  void onClosed() {
    throw new IllegalStateException("nobody closes a connection to a machine");
  }
}
