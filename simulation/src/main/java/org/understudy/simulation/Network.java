package org.understudy.simulation;

import java.util.Arrays;

/**
 * The link between nodes. Streams are ordered and whole, as the real ones are, until the fault plan
 * says otherwise: then single messages are lost, late, doubled, overtaken or changed.
 */
final class Network {
  private final World world;
  private final int nodes;
  private final boolean[] cut;
  private final long[] lastDelivery;

  /** Link session whose stream ended, by direction. */
  private final long[] endedAt;

  /** A cut of this run stays. */
  boolean isLasting;

  double loss;
  double late;
  double reorder;
  double duplicate;
  double corrupt;

  Network(World world, int nodes) {
    this.world = world;
    this.nodes = nodes;
    cut = new boolean[nodes * nodes];
    lastDelivery = new long[nodes * nodes];
    endedAt = new long[nodes * nodes];
  }

  void cut(int from, int to, boolean on) {
    cut[from * nodes + to] = on;
  }

  boolean isCut(int from, int to) {
    return cut[from * nodes + to];
  }

  void heal() {
    Arrays.fill(cut, false);
    isLasting = false;
    loss = 0;
    late = 0;
    reorder = 0;
    duplicate = 0;
    corrupt = 0;
  }

  void send(int from, int to, Message message) {
    message.from = from;
    int link = from * nodes + to;
    if (message.linkSession != 0 && message.linkSession == endedAt[link]) {
      return;
    }
    if (isCut(from, to)) {
      lose(link, message);
      return;
    }
    if (world.chance(loss)) {
      world.count(FaultKind.LOSS);
      lose(link, message);
      return;
    }
    Message sent = message;
    if (message.type == Message.Type.BATCH && world.chance(corrupt)) {
      world.count(FaultKind.CORRUPT);
      sent = message.copy();
      sent.values = sent.values.clone();
      sent.values[0] ^= 1L << world.below(64);
    }
    deliver(from, to, sent);
    if (world.chance(duplicate)) {
      world.count(FaultKind.DUPLICATE);
      deliver(from, to, sent);
    }
  }

  /**
   * Everything but output messages is counted by its receiver, who notices a gap. The real stream
   * has no gaps; so that the simulated one has none that nobody could notice, it ends here.
   */
  private void lose(int link, Message message) {
    world.statistics.lost[message.type.ordinal()]++;
    if (message.type == Message.Type.OUTPUT) {
      endedAt[link] = message.linkSession;
    }
  }

  private void deliver(int from, int to, Message message) {
    int link = from * nodes + to;
    long delayNs = world.between(50_000, 500_000);
    if (world.chance(late)) {
      world.count(FaultKind.DELAY);
      delayNs += world.between(World.TIMEOUT_NS / 20, World.TIMEOUT_NS);
    }
    if (message.type != Message.Type.OUTPUT && world.chance(reorder)) {
      world.count(FaultKind.REORDER);
      // Now and then by so much that it comes out of another session.
      long bound = world.chance(0.2) ? World.TIMEOUT_NS * 3 : 20_000_000;
      world.after(delayNs + world.between(0, bound), () -> arrive(from, to, message));
      return;
    }
    long at = Math.max(world.now + delayNs, lastDelivery[link]);
    lastDelivery[link] = at;
    world.after(at - world.now, () -> arrive(from, to, message));
  }

  private void arrive(int from, int to, Message message) {
    if (isCut(from, to)) {
      lose(from * nodes + to, message);
    } else {
      world.nodes[to].deliver(message);
    }
  }
}
