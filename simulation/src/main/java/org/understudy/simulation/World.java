package org.understudy.simulation;

import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/** One seed's world: time, chance, nodes, network, arbiter, clients and the checker. */
final class World {
  /** The backup's time-out in simulated nanoseconds; everything else is in proportion. */
  static final long TIMEOUT_NS = 100_000_000;

  static final long REGISTER_ID = 77;

  private record Event(long atNs, long order, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atNs, other.atNs);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  final long seed;
  final PlantedFault planted;
  final SplittableRandom random;
  final Statistics statistics = new Statistics();
  final Checker checker = new Checker(this);
  final Network network;
  final SimArbiter arbiter;
  final SimProcess[] nodes;
  final SimClient[] clients;
  final boolean llm;
  final boolean smallLog;
  final boolean trace;

  long now;
  boolean restarts = true;
  private long nextIncarnation = 1;
  private long order;
  private final PriorityQueue<Event> events = new PriorityQueue<>();

  World(long seed, PlantedFault planted, boolean trace) {
    this(seed, planted, trace, 0, false);
  }

  /** A world of this many nodes for a scripted scenario, or a random one if it is 0. */
  World(long seed, PlantedFault planted, boolean trace, int nodeCount, boolean llm) {
    this.seed = seed;
    this.planted = planted;
    this.trace = trace;
    random = new SplittableRandom(seed);
    int count = nodeCount != 0 ? nodeCount : chance(0.3) ? 3 : 2;
    this.llm = nodeCount == 0 ? chance(0.35) : llm;
    smallLog = nodeCount == 0 && chance(0.2);
    network = new Network(this, count);
    nodes = new SimProcess[count];
    for (int i = 0; i < count; i++) {
      nodes[i] = new SimProcess(this, i);
      nodes[i].boot(REGISTER_ID);
    }
    NodeId first = nodes[0].id;
    arbiter = new SimArbiter(this, new Register(REGISTER_ID, 1, new Ownership.Solo(first)));
    nodes[0].startPrimary(new SimGuest(this), arbiter.register, 0);
    for (int i = 1; i < count; i++) {
      nodes[i].startBackup();
    }
    clients = new SimClient[3];
    for (int i = 0; i < clients.length; i++) {
      clients[i] = new SimClient(this, i);
      clients[i].start();
    }
  }

  void after(long delayNs, Runnable action) {
    events.add(new Event(now + delayNs, order++, action));
  }

  /** Runs until this time. */
  void runUntil(long untilNs) {
    while (!events.isEmpty() && events.peek().atNs <= untilNs) {
      Event event = events.poll();
      now = event.atNs;
      statistics.steps++;
      event.action.run();
      if ((statistics.steps & 7) == 0) {
        checker.onStep();
      }
    }
    now = untilNs;
  }

  /** Runs until the condition holds, at most so long; false if it never did. */
  boolean runUntil(java.util.function.BooleanSupplier condition, long atMostNs) {
    long end = now + atMostNs;
    while (!condition.getAsBoolean() && now < end) {
      runUntil(Math.min(end, now + TIMEOUT_NS / 100));
    }
    return condition.getAsBoolean();
  }

  boolean chance(double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }

  long between(long from, long to) {
    return from + random.nextLong(Math.max(1, to - from));
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  long newIncarnation() {
    return nextIncarnation++ * 1_000_003 + below(1000);
  }

  void count(FaultKind kind) {
    statistics.faults[kind.ordinal()]++;
  }

  void log(int node, String text) {
    if (trace) {
      System.out.printf("%10.3f ms  n%d  %s%n", now / 1e6, node, text);
    }
  }

  /** The process that owns the guest by the register and lives, or null. */
  SimProcess owner() {
    for (SimProcess node : nodes) {
      boolean owns =
          switch (arbiter.register.ownership()) {
            case Ownership.Solo(NodeId id) -> id.equals(node.id);
            case Ownership.Protected(NodeId id, NodeId other) -> id.equals(node.id);
            case Ownership.Ended() -> false;
          };
      if (owns && node.alive) {
        return node;
      }
    }
    return null;
  }

  /** The process that the register names as backup and lives, or null. */
  SimProcess namedBackup() {
    if (arbiter.register.ownership() instanceof Ownership.Protected(NodeId p, NodeId id)) {
      for (SimProcess node : nodes) {
        if (id.equals(node.id) && node.alive) {
          return node;
        }
      }
    }
    return null;
  }

  /** Nobody is left who could go on with the guest. */
  boolean isGuestLost() {
    return !arbiter.isEnded() && owner() == null && namedBackup() == null;
  }
}
