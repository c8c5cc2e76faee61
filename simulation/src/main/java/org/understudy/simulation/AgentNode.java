package org.understudy.simulation;

import java.lang.foreign.MemorySegment;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.guest.Readiness;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.pair.session.SessionEvents;
import org.understudy.protocol.link.LinkListener;
import org.understudy.protocol.monitor.DeferredMonitor;
import org.understudy.protocol.wire.SendStatus;
import org.understudy.simulation.agents.AgentDisk;
import org.understudy.simulation.agents.AgentFront;
import org.understudy.simulation.agents.AgentLink;
import org.understudy.simulation.agents.AgentStandby;
import org.understudy.simulation.agents.MachineLikeGuest;
import org.understudy.simulation.agents.ServiceLikeGuest;
import org.understudy.simulation.agents.Surroundings;

/**
 * One start of a process with real agents: what they stand on, and what may happen between any two
 * of their calls. It outlives a takeover, which changes the role alone.
 */
final class AgentNode implements Surroundings {
  /** What the errors say that are thrown as a fault. */
  static final String ERROR = "an error of the simulator's";

  private static final int SECRET_BYTES = 32;

  final SimProcess process;
  final World world;
  final AgentLink link;
  final AgentFront front = new AgentFront(this);
  final AgentStandby standby = new AgentStandby(this);
  final AgentCalls calls = new AgentCalls(this);
  final AgentMemory memory = new AgentMemory(this);
  final DeferredMonitor seen = new DeferredMonitor();
  final GuestThread thread;
  private final int life;
  private GuestHistory committed = GuestHistory.EMPTY;
  private boolean isLastCommitted;
  private long readyAtNs = Long.MAX_VALUE;
  private boolean isUnfit;

  /** What it holds does not load, however often it is tried. */
  boolean neverLoads;

  private int entered;
  private int failAfterActions = -1;

  /** In this cycle. */
  private boolean hasFailed;

  private Runnable disposal;
  private Runnable alsoDisposal = () -> {};

  /** What was made of its image crashed by itself, which no node can help. */
  boolean isGuestDead;

  AgentNode(SimProcess process) {
    this.process = process;
    world = process.world;
    life = process.life();
    link = new AgentLink(this, world.shape.seal(process.index), this::secret);
    thread = new GuestThread(this);
  }

  private byte[] secret() {
    byte[] secret = new byte[SECRET_BYTES];
    world.random.nextBytes(secret);
    return secret;
  }

  @Override
  public boolean ignores(int template) {
    return process.stuckCommit && AgentMessages.isCheckpoint(template);
  }

  /** The node of a process whose roles are agents. */
  static AgentNode of(SimProcess process) {
    return ((AgentRole) process.role).node();
  }

  /** The agent of this role takes what link and monitor bring. */
  void goOnWith(LinkListener agent, SessionEvents events) {
    link.listen(agent);
    seen.bringTo(events);
  }

  ServiceLikeGuest newService(GuestMemory memory, long clockNs) {
    ServiceLikeGuest guest =
        new ServiceLikeGuest(this, description(), memory, front, world.shape.queue(), clockNs);
    thread.guest(guest);
    return guest;
  }

  MachineLikeGuest newMachine(GuestMemory memory, AgentDisk disk) {
    MachineLikeGuest guest = new MachineLikeGuest(this, description(), memory, disk);
    thread.guest(guest);
    return guest;
  }

  /** Where a backup's clients are; a machine's are at the machine. */
  ClientFront clientFront() {
    return world.machine ? ClientFront.NONE : front;
  }

  /** A client of the service's front, or a frame for the machine if it runs here. */
  void onClient(long session, long request) {
    if (!world.machine) {
      front.request(session, request);
      thread.wakeUp();
    } else if (process.role instanceof Runner
        && thread.guest() instanceof MachineLikeGuest machine) {
      machine.onFrame(session, request);
    }
  }

  GuestDescription description() {
    return world.shape.description();
  }

  // ---- one thread

  /** Runs a part of this process; what died in it is disposed of afterwards. */
  boolean run(java.util.function.BooleanSupplier part) {
    entered++;
    try {
      return part.getAsBoolean();
    } finally {
      if (--entered == 0 && disposal != null) {
        disposeNow();
      }
    }
  }

  /** One duty cycle of its agent, unless that one is under way; returns whether it did work. */
  boolean cycle(java.util.function.BooleanSupplier once) {
    return run(() -> {
      if (!thread.agentBegins()) {
        return false;
      }
      try {
        world.streams.cycle(process.index);
        return survives(once);
      } finally {
        thread.agentEnds();
      }
    });
  }

  /** As a node: what fails in a duty cycle ends the process, but where it has the last copy. */
  private boolean survives(java.util.function.BooleanSupplier once) {
    hasFailed = false;
    try {
      return once.getAsBoolean();
    } catch (SimProcess.Crash | Violation end) {
      throw end;
    } catch (RuntimeException | Error failure) {
      if (!hasFailed) {
        throw failure;
      }
      AgentRole role = (AgentRole) process.role;
      if (!role.isLastCopy()) {
        judged(() -> world.durability.onDiedOfAnError(process));
        throw new SimProcess.Crash();
      }
      world.log(process.index, "goes on after " + failure);
      role.onCycleFailed(failure);
      return true;
    }
  }

  /** One of its next actions fails, from the one after so many on. */
  void failAfter(int actions) {
    failAfterActions = actions;
  }

  private void failIfDue() {
    if (failAfterActions >= 0 && thread.isAgentsTurn() && failAfterActions-- == 0) {
      hasFailed = true;
      world.count(FaultKind.ERROR_IN_CYCLE);
      throw new OutOfMemoryError(ERROR);
    }
  }

  private void disposeNow() {
    Runnable how = disposal;
    disposal = null;
    how.run();
    alsoDisposal.run();
  }

  /** Something else to be disposed of: what was before a takeover. */
  void alsoDispose(Runnable how) {
    alsoDisposal = how;
  }

  /** The process is gone: nothing of it may run when this is carried out. */
  void dispose(Runnable how) {
    disposal = how;
    if (entered == 0) {
      disposeNow();
    }
  }

  int life() {
    return life;
  }

  boolean isGone() {
    return process.isGone(life);
  }

  @Override
  public void step() {
    if (isGone()) {
      throw new SimProcess.Crash();
    }
    process.step();
    failIfDue();
    thread.maybe();
    if (isGone()) {
      throw new SimProcess.Crash();
    }
  }

  /** An agent may catch what is thrown through it: a violation is remembered all the same. */
  void judged(Runnable judgement) {
    try {
      judgement.run();
    } catch (Violation violation) {
      world.raised = world.raised == null ? violation : world.raised;
      throw violation;
    }
  }

  @Override
  public long nowNs() {
    return process.nowNs();
  }

  @Override
  public void between() {
    step();
    thread.agentMay();
  }

  /** The same as a point at which things may happen: whoever asks acts on the answer later. */
  long clock() {
    step();
    return process.nowNs();
  }

  @Override
  public boolean chance(double probability) {
    return world.chance(probability);
  }

  // ---- the wire

  @Override
  public SendStatus send(int template, byte[] message) {
    return world.streams.send(process.index, template, message);
  }

  @Override
  public boolean isConnected() {
    return world.streams.isConnected(process.index);
  }

  @Override
  public boolean isFlushed() {
    return world.streams.isFlushed(process.index);
  }

  @Override
  public void renewStream() {
    world.streams.renew(process.index);
  }

  // ---- clients

  @Override
  public void accepting(boolean on) {
    process.accepting = on;
  }

  @Override
  public void answered(long client, long entry) {
    judged(() -> process.reply(new Answer(client, world.captures.entry(entry))));
  }

  @Override
  public void closeClient(long client) {
    process.connections.close(client);
  }

  // ---- the guest

  @Override
  public long consumed(long before, long client, long request) {
    if (world.llm) {
      return world.captures.derived(before, client, request);
    }
    GuestHistory history = world.captures.entry(before);
    return world.captures.add(history.then(client, request, world.random.nextLong()));
  }

  @Override
  public long choiceAt(long entry) {
    return world.captures.entry(entry).token;
  }

  @Override
  public long captured(MemorySegment memory, long[] disk, long entry, boolean isLast) {
    step();
    return world.captures.cut(memory, disk, world.captures.entry(entry), isLast);
  }

  @Override
  public void wakeGuest() {
    thread.wakeUp();
  }

  @Override
  public void guestSleeps(long atMostNs) {
    thread.sleeps(atMostNs);
  }

  @Override
  public void gaveUp(String how) {
    if (!isGone() && !isGuestDead) {
      judged(() -> world.durability.onGivenUp(process, how));
    }
  }

  @Override
  public void violation(String what) {
    judged(() -> {
      throw new Violation(what + " on " + process.id);
    });
  }

  // ---- the standby

  GuestHistory committed() {
    return committed;
  }

  boolean isLastCommitted() {
    return isLastCommitted;
  }

  @Override
  public void whole() {
    world.durability.onWhole(process);
    readyAtNs = world.now;
    if (world.chance(world.standbySlow)) {
      world.count(FaultKind.STANDBY_SLOW);
      readyAtNs += world.between(World.TIMEOUT_NS / 10, World.TIMEOUT_NS * 7);
    }
    isUnfit = world.chance(world.standbyUnfit);
    neverLoads = isUnfit;
    if (isUnfit) {
      world.count(FaultKind.STANDBY_UNFIT);
    }
  }

  /** What waits to take over is gone; false if nothing waited. */
  boolean loseStandby() {
    isUnfit |= standby.isWhole();
    return isUnfit;
  }

  /** The standby finds out what it is worth. */
  void lookAtStandby() {
    if (standby.isWhole() && world.now >= readyAtNs) {
      standby.readiness(isUnfit ? Readiness.failed("it did not load") : Readiness.READY);
    }
  }

  @Override
  public boolean isDiskFull() {
    return process.lacks(Resource.DISK) || process.diskFull;
  }

  @Override
  public void committed(long capture, long[] disk) {
    GuestHistory history = world.captures.history(capture);
    if (history == null) {
      violation("whole epochs: a capture that nobody remembers is committed");
    }
    if (!world.captures.isDisk(capture, disk)) {
      violation("whole epochs: the disk differs from what was captured");
    }
    committed = history;
    isLastCommitted = world.captures.isLast(capture);
  }

  @Override
  public void applied(long capture) {
    requireSame(capture, memory.image(), "drift: the image");
  }

  void requireSame(long capture, MemorySegment memory, String what) {
    long at = world.captures.difference(capture, memory);
    if (at >= 0) {
      violation(what + " differs from what was captured at byte " + at);
    }
  }
}
