package org.understudy.simulation;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RegisterAnswers;
import org.understudy.pair.session.Reject;
import org.understudy.pair.session.SessionEvents;
import org.understudy.primary.session.PeerHello;

/** One node: a process that starts, runs duty cycles, stands still, dies and starts again. */
final class SimProcess {
  /** What a process does in its duty cycle. */
  interface Role {
    /** Returns whether there was anything to do. */
    boolean cycle(long nowNs);

    void onMessage(Message message);

    void onClient(long session, long request);

    /** Takes what the peer monitor reports. */
    SessionEvents events();

    /** Takes the arbiter's answers. */
    default RegisterAnswers answers() {
      return events();
    }

    /** The monitor's connection to this incarnation closed. */
    default void onMonitorClosed(long incarnation) {
      events().onMonitorClosed(incarnation);
    }

    /** The monitor is connected to this incarnation. */
    default void onMonitorConnected(long incarnation) {
      events().onMonitorConnected(incarnation);
    }

    /** The monitor's reconnect was refused. */
    default void onMonitorRefused() {
      events().onMonitorRefused();
    }

    /** A client connects to this process's front, before its first request. */
    default void onConnected(long session) {}

    /** A client leaves. */
    default void onDisconnected(long session) {}

    /** What its memory holds, of guest or image; null for nothing. */
    long[] memory();

    /** The process is gone, and nothing of it runs any more. */
    default void dispose() {}

    /** The peer as the session knows it, or null. */
    NodeId peer();

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

  private static final int NEVER = -1;
  private static final int PAUSES_IN_PAUSES = 3;

  final World world;
  final int index;
  final SimMonitor monitor;
  final Supervisor supervisor;
  final ArrayDeque<Object> inbox = new ArrayDeque<>();

  NodeId id;

  /** The host's clock: another zero than the others', and in some seeds a little fast or slow. */
  private final long clockZeroNs;

  private final double clockRate;
  long registerId;
  boolean alive;
  boolean accepting;
  boolean slowLink;
  boolean stuckCommit;
  boolean diskFull;
  boolean logFull;

  /** This process was started with another arbiter's directory. */
  boolean ownArbiter;

  /** While this process is dead, a node of another pair answers at its address. */
  boolean addressTaken;

  /** The guest that lies on this node's disk, or null; it outlives processes. */
  SimSave saved;

  /** What this host's memory keeps of its processes. */
  final LeftMemory leftMemory;

  /** The newest register that this process was shown, and when it was read. */
  private Register looked;

  private long lookedNs;

  long pausedUntilNs;

  /** How long it stood still in all, what is left of a pause included. */
  private long stoodNs;

  int crashAfterActions = NEVER;
  int pauseAfterActions = NEVER;
  long pauseInCycleNs;
  Role role;
  private final int[] requestsLeft = new int[Resource.values().length];
  final Connections connections = new Connections();
  private int lifetime;

  /** What {@link #ranNs} was when another node's process ended last. */
  long ranAtPeersDeathNs = Long.MIN_VALUE / 2;

  /** It died in mid-cycle, wherever that was caught. */
  private boolean crashed;

  private int inPauses;
  private long nextCycleNs;
  private int cycleNumber;

  SimProcess(World world, int index) {
    this.world = world;
    this.index = index;
    monitor = new SimMonitor(this);
    supervisor = new Supervisor(this);
    leftMemory = new LeftMemory(world, index);
    clockZeroNs = world.between(0, World.TIMEOUT_NS * 1000);
    clockRate = world.uneven ? 0.97 + 0.06 * world.random.nextDouble() : 1;
  }

  /** A new process start: a new incarnation that knows nothing. */
  void boot(long ofRegister) {
    lifetime++;
    crashed = false;
    id = new NodeId("n" + index, world.newIncarnation());
    registerId = ofRegister;
    alive = true;
    accepting = false;
    slowLink = false;
    stuckCommit = false;
    diskFull = false;
    logFull = false;
    ownArbiter = false;
    addressTaken = false;
    looked = null;
    endStanding();
    crashAfterActions = NEVER;
    pauseAfterActions = NEVER;
    Arrays.fill(requestsLeft, NEVER);
    inbox.clear();
    monitor.start(lifetime);
    scheduleCycle(world.between(500_000, 2_500_000));
  }

  /** The host's clock now. */
  long nowNs() {
    return clockZeroNs + (clockRate == 1 ? world.now : (long) (world.now * clockRate));
  }

  /** It does nothing until then. */
  void standUntil(long untilNs) {
    stoodNs += Math.max(0, untilNs - Math.max(pausedUntilNs, world.now));
    pausedUntilNs = Math.max(pausedUntilNs, untilNs);
  }

  /** It goes on now, if it stands still. */
  void endStanding() {
    stoodNs -= standsFor();
    pausedUntilNs = Math.min(pausedUntilNs, world.now);
  }

  private long standsFor() {
    return Math.max(0, pausedUntilNs - world.now);
  }

  /** How long it did not stand still until now. */
  long ranNs() {
    return world.now - stoodNs + standsFor();
  }

  void startPrimary(Register register) {
    role =
        world.agents
            ? AgentStart.primary(this, register)
            : new SimPrimary(this, new SimGuest(world), register, 0);
  }

  void startBackup() {
    role = world.agents ? AgentStart.backup(this) : new SimBackup(this);
  }

  // ---- duty cycles: often while there is something to do, else just often enough to notice

  private void scheduleCycle(long delayNs) {
    long at = Math.max(world.now, pausedUntilNs) + delayNs;
    int life = lifetime;
    int number = ++cycleNumber;
    nextCycleNs = at;
    world.at(at, () -> runCycle(life, number));
  }

  /** Something came: the agent parks no longer. */
  private void wakeUp() {
    long soonest = Math.max(world.now, pausedUntilNs);
    if (alive && inPauses == 0 && nextCycleNs - soonest > 1_500_000) {
      scheduleCycle(world.between(50_000, 1_500_000));
    }
  }

  private void runCycle(int life, int number) {
    if (!alive || life != lifetime || number != cycleNumber) {
      world.wasIdle();
      return;
    }
    if (pausedUntilNs > world.now) {
      world.wasIdle();
      scheduleCycle(world.between(500_000, 2_500_000));
      return;
    }
    boolean worked;
    try {
      worked = role.cycle(nowNs());
    } catch (Crash crash) {
      if (life == lifetime) {
        kill("crash in mid-cycle");
      }
      return;
    }
    if (diedInside(life)) {
      return;
    }
    if (role.isOver()) {
      end("exits: " + role.describe());
    } else if (worked) {
      scheduleCycle(world.between(500_000, 2_500_000));
    } else {
      world.wasIdle();
      scheduleCycle(world.between(2_000_000, 6_000_000));
    }
  }

  /** What it died of may have been caught on the way here: it is dead all the same. */
  boolean diedInside(int life) {
    if (crashed && alive && life == lifetime) {
      kill("crash in mid-cycle");
    }
    return !alive || life != lifetime;
  }

  /** Dead, or dying in what runs now. */
  boolean isGone(int life) {
    return !alive || crashed || life != lifetime;
  }

  /** Everything that arrived, in order; true if there was anything. */
  boolean drain() {
    boolean any = !inbox.isEmpty();
    Object next;
    while ((next = inbox.poll()) != null) {
      if (next instanceof Message message) {
        role.onMessage(message);
      } else {
        ((Runnable) next).run();
      }
    }
    return any;
  }

  /** Something that the next duty cycle takes. */
  void deliver(Object event) {
    if (alive) {
      inbox.add(event);
      wakeUp();
    } else if (addressTaken && event instanceof Message message) {
      answerAsStranger(message);
    }
  }

  private void answerAsStranger(Message message) {
    if (message.content instanceof PeerHello hello) {
      Message reject = new Message(Message.Type.HELLO_REJECT).number(hello.helloId());
      NodeId stranger = new NodeId("stranger", 13);
      reject.content =
          new SimPrimaryActions.Refusal(stranger, Reject.PAIR_ID, "this is another pair");
      send(message.from, reject);
    }
  }

  /** The same for who was alive in that life; another process start knows nothing of it. */
  void deliver(int life, Runnable event) {
    if (life == lifetime) {
      deliver(event);
    }
  }

  /** The arbiter answered this, and had read it then. */
  void onLooked(Register seen, long atNs) {
    boolean counts =
        seen != null
            && seen.registerId() == World.REGISTER_ID
            && (looked == null || seen.generation() >= looked.generation());
    if (counts) {
      looked = seen;
      lookedNs = atNs;
    }
  }

  /** What the arbiter showed lately, or null. */
  Register lookedAt() {
    return looked != null && lookedNs >= world.now - World.TIMEOUT_NS ? looked : null;
  }

  int life() {
    return lifetime;
  }

  /** Called at the start of each action: a process may die or stop between any two of them. */
  void step() {
    if (crashAfterActions >= 0 && crashAfterActions-- == 0) {
      world.durability.onKilled(this); // before anything reacts to it
      crashed = true;
      throw new Crash();
    }
    if (pauseAfterActions >= 0 && pauseAfterActions-- == 0) {
      standStill(pauseInCycleNs);
    }
  }

  /** Stopped in mid-cycle: the others go on meanwhile, and the cycle goes on after that. */
  private void standStill(long lastsNs) {
    if (world.pausesInCycle >= PAUSES_IN_PAUSES) {
      return;
    }
    int life = lifetime;
    world.count(FaultKind.PAUSE_IN_CYCLE);
    world.log(index, "stands still in mid-cycle for " + lastsNs / 1_000_000 + " ms");
    long until = world.now + lastsNs;
    standUntil(until);
    inPauses++;
    world.pausesInCycle++;
    world.runUntil(until);
    world.pausesInCycle--;
    inPauses--;
    if (!alive || life != lifetime) {
      throw new Crash();
    }
    world.log(index, "goes on");
  }

  /** Whether the n-th request for this fails; it and those after it do, until healed. */
  boolean lacks(Resource resource) {
    int left = requestsLeft[resource.ordinal()];
    if (left > 0) {
      requestsLeft[resource.ordinal()]--;
    } else if (left == 0) {
      world.count(FaultKind.of(resource));
    }
    return left == 0;
  }

  /** From the request after so many on there is none of it; less than 0: there is enough. */
  void limit(Resource resource, int requests) {
    requestsLeft[resource.ordinal()] = requests;
  }

  void send(int to, Message message) {
    world.network.send(index, to, message);
  }

  // ---- the end of a process

  /** A fault takes the process away. */
  void die(String reason) {
    kill(reason);
  }

  private void kill(String reason) {
    if (alive) {
      world.durability.onKilled(this);
      stop(reason);
    }
  }

  /** The process ends by itself. */
  private void end(String reason) {
    world.durability.onExit(this, reason);
    stop(reason);
  }

  private void stop(String reason) {
    world.log(index, "process " + id + " dies: " + reason);
    alive = false;
    leftMemory.leave(role.memory());
    for (SimProcess other : world.nodes) {
      other.ranAtPeersDeathNs = other == this ? other.ranAtPeersDeathNs : other.ranNs();
    }
    closeClients();
    monitor.onDeath();
    role.dispose();
    supervisor.onDeath();
  }

  // ---- clients

  void connect(long session, SimClient client) {
    connections.connect(session, client);
    role.onConnected(session);
  }

  void disconnect(long session) {
    if (connections.disconnect(session) && alive) {
      role.onDisconnected(session);
    }
  }

  SimClient clientOf(long session) {
    return connections.of(session);
  }

  void closeClients() {
    accepting = false;
    connections.closeAll();
  }

  void reply(Answer reply) {
    world.checker.onRelease(this, reply);
    SimClient client = world.machine ? world.clientOf(reply) : clientOf(reply.session());
    if (client != null) {
      client.onReply(reply, index);
    }
  }
}
