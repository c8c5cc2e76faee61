package org.understudy.simulation;

import org.agrona.DirectBuffer;
import org.understudy.backup.agent.BackupAgent;
import org.understudy.backup.agent.BackupContext;
import org.understudy.backup.agent.BackupObserver;
import org.understudy.backup.agent.Successor;
import org.understudy.backup.session.BackupSession;
import org.understudy.backup.session.BackupSettings;
import org.understudy.backup.session.BackupState;
import org.understudy.checkpoint.guest.HeldUpException;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.session.SessionEvents;
import org.understudy.simulation.agents.AgentGuest;
import org.understudy.simulation.agents.MachineLikeGuest;
import org.understudy.simulation.agents.ServiceLikeGuest;

/** A backup: the real agent, with stage, image, log and takeover. */
final class AgentBackup implements Holder, AgentRole {
  private static final long STAGING_BYTES = 8 << 20;
  private static final int SECTION_BYTES = 1 << 20;
  private static final int INPUTS = 1 << 10;

  private static final String NO_LOAD = "it did not load";

  /** Fewer than make the agent give up. */
  private static final int MOST_FAILED_RESTORES = 5;

  private final AgentNode node;
  private final World world;
  private final SimProcess process;
  private final BackupAgent agent;
  private int failedRestores;
  private AgentPrimary restored;

  AgentBackup(AgentNode node) {
    this.node = node;
    world = node.world;
    process = node.process;
    agent = new BackupAgent(context(), process.nowNs());
    node.goOnWith(agent, agent.events());
  }

  private BackupContext context() {
    return new BackupContext(
        process.id,
        "pair",
        process.registerId,
        world.shape.terms(),
        "front",
        BackupSettings.of(World.TIMEOUT_NS),
        new BackupContext.Limits(
            world.shape.logBytes(), STAGING_BYTES, SECTION_BYTES, SECTION_BYTES, INPUTS),
        node.memory,
        node.standby,
        node.clientFront(),
        this::restore,
        node.link,
        node.calls,
        this::onState,
        BackupObserver.NONE,
        node::clock);
  }

  private void onState(String machine, Enum<?> from, Enum<?> to, long nowNs, String reason) {
    world.log(process.index, machine + " " + from + " -> " + to + ": " + reason);
    if (from == to) {
      judgeRestore(reason);
      return;
    }
    world.statistics.backup.count(from, to);
    if (node.isGone()) {
      return;
    }
    if (to == BackupState.ENDED && !world.arbiter.isEnded() && from == BackupState.CLAIMING) {
      node.violation("ended: the register says otherwise");
    }
    world.transitions.onTransition(process, from, to);
  }

  private void judgeRestore(String reason) {
    boolean isOurs =
        reason.contains(NO_LOAD)
            || reason.contains(AgentNode.ERROR)
            || !reason.contains("is tried again");
    if (!isOurs && !node.isGone()) {
      node.violation(reason);
    }
  }

  private Successor restore(
      GuestMemory memory, DirectBuffer state, int length, long inputPosition, long stampNs) {
    node.step();
    if (node.neverLoads) {
      throw new IllegalStateException(NO_LOAD);
    }
    if (failedRestores < MOST_FAILED_RESTORES && world.chance(world.restoreFails)) {
      failedRestores++;
      world.count(FaultKind.RESTORE_FAILS);
      if (world.chance(0.3)) {
        throw new HeldUpException("it waits for its operator", null);
      }
      throw new OutOfMemoryError(NO_LOAD);
    }
    long capture = state.getLong(0, java.nio.ByteOrder.LITTLE_ENDIAN);
    if (capture != node.standby.committedCapture()) {
      node.violation("whole epochs: the device state is not the last commit's");
    }
    node.requireSame(capture, memory.segment(), "whole epochs: the image that is restored");
    AgentGuest made = world.machine ? machine(memory) : service(memory, inputPosition, stampNs);
    AgentPrimary next =
        new AgentPrimary(node, made, agent.session().wonRegister(), agent.lastInput());
    next.succeeds(agent.lateMirrors());
    next.startGuest();
    restored = next;
    return next;
  }

  private AgentGuest service(GuestMemory memory, long inputPosition, long stampNs) {
    ServiceLikeGuest made = node.newService(memory, stampNs);
    made.restoredAt(inputPosition);
    return made;
  }

  private AgentGuest machine(GuestMemory memory) {
    MachineLikeGuest made = node.newMachine(memory, node.standby.disk());
    node.standby.goesOnAs(made);
    return made;
  }

  @Override
  public boolean cycle(long nowNs) {
    return node.cycle(() -> cycleOnce(nowNs));
  }

  private boolean cycleOnce(long nowNs) {
    agent.cycleStart(nowNs);
    node.seen.deliver();
    boolean worked = process.drain();
    node.lookAtStandby();
    worked |= agent.doWork() > 0;
    if (!node.isGone() && agent.state() == BackupState.SOLO) {
      goOnAsPrimary();
      return true;
    }
    return worked;
  }

  private void goOnAsPrimary() {
    world.statistics.takeovers++;
    world.addressAt = process.index;
    world.statistics.replayed += agent.replayedInputs();
    if (node.isLastCommitted()) {
      node.violation("ended: a guest is revived that was shut down");
    }
    AgentPrimary primary = restored;
    node.judged(() -> world.checker.onSurvivor(process, primary.history()));
    node.standby.handedOver();
    node.alsoDispose(agent::close);
    primary.begin();
    process.role = primary;
    if (agent.session().isStopWanted()) {
      primary.session().requestStop("stopped before it took over");
    }
  }

  @Override
  public boolean isLastCopy() {
    return agent.state().isLastCopy();
  }

  @Override
  public void onCycleFailed(Throwable cause) {
    agent.onCycleFailed();
  }

  @Override
  public AgentNode node() {
    return node;
  }

  @Override
  public BackupSession session() {
    return agent.session();
  }

  @Override
  public SessionEvents events() {
    return agent.events();
  }

  @Override
  public boolean isWhole() {
    return node.standby.isWhole() && !node.isGuestDead;
  }

  /** Also at the very end, when what goes on is not this process's role yet. */
  @Override
  public boolean isTakingOver() {
    BackupState state = agent.state();
    return (state == BackupState.TAKING_OVER || state == BackupState.SOLO) && !node.isGuestDead;
  }

  @Override
  public GuestHistory committedHistory() {
    return node.committed();
  }

  @Override
  public boolean failTakeover() {
    if (agent.state() != BackupState.TAKING_OVER || restored == null) {
      return false;
    }
    world.durability.onKilled(process);
    node.isGuestDead = true;
    restored.crashGuest();
    return true;
  }

  @Override
  public boolean loseStandby() {
    return node.loseStandby();
  }

  @Override
  public NodeId peer() {
    return agent.session().primary();
  }

  @Override
  public boolean isOver() {
    BackupState state = agent.state();
    return process.role == this
        && state.isTerminal()
        && state != BackupState.SOLO
        && !agent.isLingering();
  }

  @Override
  public String describe() {
    return "backup %s (committed %d, waiting %d, log %d bytes%s)"
        .formatted(
            agent.state(),
            agent.imageEpoch(),
            node.front.waiting(),
            agent.inputLogBytes(),
            restored == null ? "" : ", " + restored.describe());
  }

  @Override
  public void dispose() {
    node.dispose(this::free);
  }

  private void free() {
    try {
      agent.close();
    } catch (SimProcess.Crash dead) {
      // It is gone: nothing of it is heard any more.
    }
    if (restored != null) {
      restored.free();
    }
  }
}
