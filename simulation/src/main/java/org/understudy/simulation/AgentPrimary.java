package org.understudy.simulation;

import org.understudy.backup.agent.Successor;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.session.SessionEvents;
import org.understudy.primary.agent.PrimaryAgent;
import org.understudy.primary.agent.PrimaryContext;
import org.understudy.primary.agent.PrimaryObserver;
import org.understudy.primary.agent.VerifyPlan;
import org.understudy.primary.pacing.PacerSettings;
import org.understudy.primary.session.PrimarySession;
import org.understudy.primary.session.PrimarySettings;
import org.understudy.primary.session.PrimaryState;
import org.understudy.protocol.link.LinkListener;
import org.understudy.simulation.agents.AgentGuest;

/** A primary: the real agent, with everything of its own, around a guest in real memory. */
final class AgentPrimary implements Runner, AgentRole, Successor {
  private static final long STAGING_BYTES = 4 << 20;

  private final AgentNode node;
  private final World world;
  private final SimProcess process;
  private final AgentGuest guest;
  private final PrimaryAgent agent;

  AgentPrimary(AgentNode node, AgentGuest guest, Register register, long lastInput) {
    this.node = node;
    this.guest = guest;
    world = node.world;
    process = node.process;
    agent = new PrimaryAgent(context(), guest, register, lastInput, process.nowNs());
  }

  private PrimaryContext context() {
    return new PrimaryContext(
        process.id,
        "pair",
        world.shape.terms(),
        world.shape.codec(),
        pacing(),
        PrimarySettings.of(World.TIMEOUT_NS)
            .withSaveTimeout(World.TIMEOUT_NS * 3)
            .withStreams(world.llm),
        new VerifyPlan(1 + world.below(50), 4),
        STAGING_BYTES,
        2 * world.shape.logBytes(),
        node.link,
        node.calls,
        this::onState,
        PrimaryObserver.NONE,
        (digest, epoch) -> {},
        new AgentSaver(node, guest),
        node::clock,
        () -> {});
  }

  private PacerSettings pacing() {
    return world.llm
        ? PacerSettings.llm(World.TIMEOUT_NS / 2, 40)
        : world.chance(0.2)
            ? PacerSettings.fixed(World.TIMEOUT_NS / 10)
            : new PacerSettings(false, true, 500_000, World.TIMEOUT_NS / 4, 2, 8, 4, 50, 20, 20);
  }

  private void onState(String machine, Enum<?> from, Enum<?> to, long nowNs, String reason) {
    world.log(process.index, machine + " " + from + " -> " + to + ": " + reason);
    world.statistics.primary.count(from, to);
    if (node.isGone()) {
      return;
    }
    if (reason.contains("encoding failed")) {
      node.violation(reason);
    }
    world.transitions.onTransition(process, from, to);
    if (to == PrimaryState.PROTECTED && from == PrimaryState.WHOLE) {
      world.statistics.protections++;
    }
    if (to == PrimaryState.SOLO && from == PrimaryState.CLAIMING) {
      world.statistics.soloClaims++;
      node.judged(() -> world.checker.onSurvivor(process, history()));
    }
    if (to == PrimaryState.MOVED) {
      node.judged(() -> world.checker.onMoved(process, history()));
    }
  }

  /** Its duty cycle begins. */
  void begin() {
    node.goOnWith(agent, agent.events());
    agent.begin();
  }

  /** What the backup before it still gets is passed on to that. */
  void succeeds(LinkListener backup) {
    agent.succeeds(backup);
  }

  void startGuest() {
    agent.startGuest();
  }

  @Override
  public boolean cycle(long nowNs) {
    return node.cycle(() -> cycleOnce(nowNs));
  }

  private boolean cycleOnce(long nowNs) {
    agent.cycleStart(nowNs);
    node.seen.deliver();
    boolean worked = process.drain();
    return agent.doWork() > 0 | worked;
  }

  @Override
  public boolean isLastCopy() {
    return agent.state().isLastCopy();
  }

  @Override
  public void onCycleFailed(Throwable cause) {
    agent.onCycleFailed(cause);
  }

  @Override
  public AgentNode node() {
    return node;
  }

  @Override
  public PrimarySession session() {
    return agent.session();
  }

  @Override
  public SessionEvents events() {
    return agent.events();
  }

  @Override
  public GuestHistory history() {
    return world.captures.entry(guest.entry());
  }

  @Override
  public boolean isGuestStopped() {
    return guest.isStopped();
  }

  @Override
  public boolean isGateOpen() {
    return guest.isGateOpen();
  }

  /** The real log keeps what its bound allows, which these epochs do not reach. */
  @Override
  public boolean loseRetained() {
    return false;
  }

  @Override
  public void crashGuest() {
    guest.crash();
  }

  @Override
  public NodeId peer() {
    return agent.session().backup();
  }

  @Override
  public boolean isOver() {
    return agent.state().isTerminal();
  }

  @Override
  public String describe() {
    return "primary %s (%s, acked %d)"
        .formatted(agent.state(), guest.describe(), agent.session().ackedEpoch());
  }

  @Override
  public Guest guest() {
    return guest;
  }

  @Override
  public Throwable guestFailure() {
    return agent.guestFailure();
  }

  @Override
  public void close() {
    agent.close();
  }

  @Override
  public void dispose() {
    node.dispose(this::free);
  }

  void free() {
    try {
      agent.close();
    } catch (SimProcess.Crash dead) {
      // It is gone: nothing of it is heard any more.
    }
    guest.dispose();
  }
}
