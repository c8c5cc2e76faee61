package org.understudy.simulation;

import java.util.ArrayDeque;
import java.util.List;
import org.understudy.protocol.wire.SendStatus;

/**
 * The link between the agents of two nodes, as Aeron's: streams of bytes, one a direction, each
 * ordered and whole until it ends. A short cut holds a stream up, a long one ends it, and so does
 * what cannot be sent again. Both ends hear of that a while later, and another stream begins.
 */
final class Streams {
  private static final long T = World.TIMEOUT_NS;
  private static final int WINDOW_BYTES = 256 << 10;
  private static final int SLOW_MESSAGES = 2;

  private record Packet(long atNs, int template, byte[] bytes) {}

  /** One direction's stream. */
  private final class Stream {
    final int from;
    final int to;
    final int fromLife;
    final int toLife;
    final long id = ++streams;
    final ArrayDeque<Packet> packets = new ArrayDeque<>();
    long bytes;
    long lastNs;
    long stalledNs = -1;
    long silentNs = -1;
    boolean isScheduled;
    boolean ended;

    Stream(int from, int to) {
      this.from = from;
      this.to = to;
      fromLife = world.nodes[from].life();
      toLife = world.nodes[to].life();
    }

    boolean isSenderThere() {
      return world.nodes[from].alive && world.nodes[from].life() == fromLife;
    }

    boolean isReceiverThere() {
      return world.nodes[to].alive && world.nodes[to].life() == toLife;
    }

    void send(int template, byte[] message) {
      if (ended || world.chance(world.network.loss)) {
        if (!ended) {
          world.count(FaultKind.LOSS);
        }
        lost(template);
        end();
        return;
      }
      long delayNs = world.between(20_000, 300_000);
      if (world.chance(world.network.late)) {
        world.count(FaultKind.DELAY);
        delayNs += world.between(T / 20, T);
      }
      boolean isBatch = template == AgentMessages.PAGE_BATCH;
      if (isBatch && message.length > 200 && world.chance(world.network.corrupt)) {
        world.count(FaultKind.CORRUPT);
        int at = message.length - 1 - world.below(message.length / 2);
        message[at] ^= (byte) (1 << world.below(8));
      }
      lastNs = Math.max(world.now + delayNs, lastNs);
      packets.add(new Packet(lastNs, template, message));
      bytes += message.length;
      schedule();
    }

    private void schedule() {
      if (!isScheduled && !packets.isEmpty()) {
        isScheduled = true;
        world.at(Math.max(world.now, packets.peek().atNs), this::arrive);
      }
    }

    private void arrive() {
      isScheduled = false;
      if (ended || packets.isEmpty()) {
        world.wasIdle();
      } else if (!isReceiverThere()) {
        end();
      } else if (world.network.isCut(from, to)) {
        stall();
      } else {
        stalledNs = -1;
        Packet packet = packets.poll();
        bytes -= packet.bytes.length;
        SimProcess process = world.nodes[to];
        Runnable event = () -> deliver(process, packet);
        process.deliver(toLife, event);
        schedule();
      }
    }

    private void deliver(SimProcess process, Packet packet) {
      AgentNode.of(process).link.onMessage(id, packet.bytes);
      replay(process, packet);
    }

    /** Somebody has recorded the wire, also that of days before, and says it again by himself. */
    private void replay(SimProcess process, Packet packet) {
      if (!world.shape.isSealed()) {
        return;
      }
      if (recorded.size() == RECORDED) {
        recorded.poll();
      }
      recorded.add(packet.bytes.clone());
      if (world.chance(world.network.duplicate)) {
        world.count(FaultKind.DUPLICATE);
        List.copyOf(recorded)
            .forEach(old -> AgentNode.of(process).link.onMessage(OF_A_STRANGER, old));
      }
    }

    /** Held up: what is lost meanwhile is sent again, for a while. */
    private void stall() {
      world.wasIdle();
      if (stalledNs < 0) {
        stalledNs = world.now;
      }
      if (world.now - stalledNs > livenessNs) {
        end();
      } else {
        isScheduled = true;
        world.after(world.between(T / 100, T / 20), this::arrive);
      }
    }

    /** What is on its way is lost, and the receiver hears of it. */
    void end() {
      if (ended) {
        return;
      }
      ended = true;
      packets.forEach(packet -> lost(packet.template));
      packets.clear();
      bytes = 0;
      world.after(world.between(0, livenessNs), this::tellReceiver);
    }

    private void tellReceiver() {
      Runnable event = () -> AgentNode.of(world.nodes[to]).link.onStreamEnded(id);
      world.nodes[to].deliver(toLife, event);
    }
  }

  /** Stream id that no node has. */
  private static final long OF_A_STRANGER = -1;

  private static final int RECORDED = 64;

  private final World world;
  private final ArrayDeque<byte[]> recorded = new ArrayDeque<>();
  private final Stream[] current;
  private final boolean[] connected;
  private final int[] sentInCycle;
  private final long livenessNs;
  private long streams;

  /** Chance of a full window. */
  double full;

  Streams(World world) {
    this.world = world;
    int count = world.nodes.length;
    current = new Stream[count];
    connected = new boolean[count];
    sentInCycle = new int[count];
    livenessNs = world.between(T / 4, T * 2);
    tick();
  }

  private void lost(int template) {
    world.statistics.lostByTemplate[template]++;
  }

  /** The other end. */
  static int peer(int node) {
    return 1 - node;
  }

  SendStatus send(int from, int template, byte[] message) {
    Stream stream = current[from];
    if (!connected[from] || stream == null) {
      lost(template);
      return SendStatus.NOT_CONNECTED;
    }
    boolean isSlow = world.nodes[from].slowLink && ++sentInCycle[from] > SLOW_MESSAGES;
    if (stream.bytes > WINDOW_BYTES || isSlow || world.chance(full)) {
      return SendStatus.BACK_PRESSURED;
    }
    stream.send(template, message);
    return SendStatus.SENT;
  }

  /** A duty cycle of this node begins. */
  void cycle(int node) {
    sentInCycle[node] = 0;
  }

  boolean isConnected(int from) {
    return connected[from];
  }

  boolean isFlushed(int from) {
    return current[from] == null || current[from].packets.isEmpty();
  }

  /**
   * A new stream: what is on its way in the old one is dropped, or arrives all the same, now and
   * then out of a session that is over.
   */
  void renew(int from) {
    Stream old = current[from];
    if (old == null) {
      return;
    }
    current[from] = null;
    connected[from] = false;
    if (world.chance(0.5)) {
      old.end();
    } else if (world.chance(world.network.reorder)) {
      world.count(FaultKind.REORDER);
      long laterNs = world.between(0, T * 3);
      ArrayDeque<Packet> late = new ArrayDeque<>();
      old.packets.forEach(p -> late.add(new Packet(p.atNs + laterNs, p.template, p.bytes)));
      old.packets.clear();
      old.packets.addAll(late);
    }
    world.after(world.between(T / 200, T / 20), () -> connect(from));
  }

  // ---- who is there

  private void tick() {
    for (int from = 0; from < current.length; from++) {
      look(from);
    }
    world.wasIdle();
    world.after(T / 10, this::tick);
  }

  private void look(int from) {
    Stream stream = current[from];
    if (stream == null) {
      connect(from);
      return;
    }
    boolean isSilent =
        stream.ended
            || !stream.isReceiverThere()
            || world.network.isCut(stream.to, from)
            || world.nodes[stream.to].pausedUntilNs > world.now;
    if (!stream.isSenderThere()) {
      stream.end();
      current[from] = null;
      connected[from] = false;
    } else if (!isSilent) {
      stream.silentNs = -1;
    } else if (stream.silentNs < 0) {
      stream.silentNs = world.now;
    } else if (world.now - stream.silentNs > livenessNs) {
      disconnect(from);
    }
  }

  /** No receiver answers any more. */
  private void disconnect(int from) {
    current[from].end();
    current[from] = null;
    connected[from] = false;
    world.nodes[from].deliver(
        world.nodes[from].life(), () -> AgentNode.of(world.nodes[from]).link.onConnected(false));
  }

  private void connect(int from) {
    int to = peer(from);
    boolean isThere =
        world.nodes[from].alive
            && world.nodes[to].alive
            && !world.network.isCut(from, to)
            && !world.network.isCut(to, from)
            && world.nodes[to].pausedUntilNs <= world.now;
    if (!isThere || current[from] != null) {
      return;
    }
    Stream stream = new Stream(from, to);
    current[from] = stream;
    connected[from] = true;
    world.nodes[to].deliver(
        stream.toLife, () -> AgentNode.of(world.nodes[to]).link.onStream(stream.id));
    world.nodes[from].deliver(
        stream.fromLife, () -> AgentNode.of(world.nodes[from]).link.onConnected(true));
  }
}
