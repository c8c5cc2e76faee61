package org.understudy.simulation;

import java.util.Set;
import java.util.SplittableRandom;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/** One seed's world: time, chance, nodes, network, arbiter, clients and the checker. */
final class World {
  /** The backup's time-out in simulated nanoseconds; everything else is in proportion. */
  static final long TIMEOUT_NS = 100_000_000;

  static final long REGISTER_ID = 77;
  static final int CLIENTS = 3;

  final long seed;
  final PlantedFault planted;
  final SplittableRandom random;
  final Statistics statistics = new Statistics();
  final Checker checker = new Checker(this);
  final Durability durability = new Durability(this);
  final Network network;
  final SimArbiter arbiter;
  final SimProcess[] nodes;
  final SimClient[] clients;
  final boolean llm;

  /** The guest is like a machine: gate, clients' connections and disk are on its own node. */
  final boolean machine;

  final boolean smallLog;

  /** The real agents run; else their sessions in a model of them. */
  final boolean agents;

  /** How the agents are made; null where there are none. */
  final AgentShape shape;

  /** A violation that an agent may have caught. */
  Violation raised;

  final CaptureReference captures = new CaptureReference();

  /** What the agents' messages go over; null where there are none. */
  final Streams streams;

  /** Hosts' clocks do not run at the same rate. */
  final boolean uneven;

  final boolean trace;

  /** Kinds of faults that are left out. */
  final Set<FaultKind> without;

  long now;
  boolean restarts = true;
  private long nextIncarnation = 1;
  private int ticks;
  private final EventQueue events = new EventQueue();

  /** Processes that stand still in mid-cycle now. */
  int pausesInCycle;

  /** Told of every change of state, after it. */
  TransitionListener transitions = (process, from, to) -> {};

  /** How often a standby takes its time, or could not take over, or does not load at once. */
  double standbySlow;

  double standbyUnfit;
  double restoreFails;

  /** How often a host that lost a process has nothing of its memory any more. */
  final double hostForgets;

  /** Where frames to the machine's address go: to who sent the last one from it. */
  int addressAt;

  World(long seed, PlantedFault planted, boolean trace) {
    this(seed, planted, trace, Set.of(), false, 0, GuestKind.SERVICE);
  }

  World(long seed, PlantedFault planted, boolean trace, Set<FaultKind> without, boolean ofAgents) {
    this(seed, planted, trace, without, ofAgents, 0, GuestKind.SERVICE);
  }

  /** A world of this many nodes for a scripted scenario, or a random one if it is 0. */
  World(
      long seed,
      PlantedFault planted,
      boolean trace,
      Set<FaultKind> without,
      boolean ofAgents,
      int nodeCount,
      GuestKind ofGuest) {
    agents = ofAgents;
    this.without = without;
    this.seed = seed;
    this.planted = planted;
    this.trace = trace;
    random = new SplittableRandom(seed);
    hostForgets = nodeCount != 0 || Math.floorMod(seed, 3) == 0 ? 1 : 0.2;
    int count = nodeCount != 0 ? nodeCount : !agents && chance(0.3) ? 3 : 2;
    GuestKind guest = nodeCount == 0 ? guestKind() : ofGuest;
    llm = guest == GuestKind.LLM;
    machine = guest == GuestKind.MACHINE;
    uneven = nodeCount == 0 && chance(0.3);
    smallLog = nodeCount == 0 && chance(0.2);
    shape = agents ? AgentShape.draw(this) : null;
    network = new Network(this, count);
    nodes = new SimProcess[count];
    for (int i = 0; i < count; i++) {
      nodes[i] = new SimProcess(this, i);
      nodes[i].boot(REGISTER_ID);
    }
    NodeId first = nodes[0].id;
    arbiter = new SimArbiter(this, new Register(REGISTER_ID, 1, new Ownership.Solo(first)));
    nodes[0].startPrimary(arbiter.register);
    for (int i = 1; i < count; i++) {
      // A pair that is new: whoever starts before its primary finds no register.
      nodes[i].registerId = agents && chance(0.3) ? 0 : REGISTER_ID;
      nodes[i].startBackup();
    }
    streams = agents ? new Streams(this) : null;
    clients = new SimClient[CLIENTS];
    for (int i = 0; i < clients.length; i++) {
      clients[i] = machine ? new MachineClient(this, i) : new ServiceClient(this, i);
      clients[i].start();
    }
  }

  private GuestKind guestKind() {
    GuestKind[] kinds = GuestKind.values();
    return kinds[below(kinds.length)];
  }

  void after(long delayNs, Runnable action) {
    events.add(now + delayNs, action);
  }

  void at(long atNs, Runnable action) {
    events.add(atNs, action);
  }

  /** The event that runs now was none: nothing was delivered, nothing was done. */
  void wasIdle() {
    statistics.steps--;
  }

  /** Runs until this time. */
  void runUntil(long untilNs) {
    while (!events.isEmpty() && events.nextNs() <= untilNs) {
      now = Math.max(now, events.nextNs());
      statistics.steps++;
      events.poll().run();
      if (raised != null) {
        throw raised;
      }
      if ((++ticks & 7) == 0) {
        checker.onStep();
      }
    }
    now = Math.max(now, untilNs);
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

  /** After how many of a process's actions something happens: an agent has many of them. */
  int actions(int bound) {
    return below(agents ? bound * 8 : bound);
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

  /** The run is over: what is off the heap goes. */
  void dispose() {
    for (SimProcess node : nodes) {
      if (node.alive) {
        node.alive = false;
        node.role.dispose();
      }
    }
  }

  /** The process that owns the guest by the register and lives, or null. */
  SimProcess owner() {
    for (SimProcess node : nodes) {
      boolean owns =
          switch (arbiter.register.ownership()) {
            case Ownership.Solo(NodeId id) -> id.equals(node.id);
            case Ownership.Protected(NodeId id, NodeId other) -> id.equals(node.id);
            case Ownership.Saved _, Ownership.Ended() -> false;
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

  /** The client of a machine that an answer is for. */
  SimClient clientOf(Answer reply) {
    return clients[(int) (reply.session() >>> 32) - 1];
  }
}
