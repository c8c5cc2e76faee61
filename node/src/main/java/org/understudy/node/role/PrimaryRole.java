package org.understudy.node.role;

import java.util.Map;
import org.agrona.concurrent.SystemNanoClock;
import org.understudy.backup.agent.Successor;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.CopyAmount;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.node.config.EpochMode;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.control.GuestOrder;
import org.understudy.node.program.ExitCode;
import org.understudy.node.run.NodeLimits;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.session.SessionEvents;
import org.understudy.primary.agent.PrimaryAgent;
import org.understudy.primary.agent.PrimaryContext;
import org.understudy.primary.agent.PrimaryCounters;
import org.understudy.primary.agent.VerifyPlan;
import org.understudy.primary.pacing.PacerSettings;
import org.understudy.primary.session.PrimarySettings;
import org.understudy.primary.session.PrimaryState;
import org.understudy.protocol.link.LinkListener;

/** A node that runs the guest: solo, syncing or protected. */
final class PrimaryRole implements Role, Successor {
  private final RoleContext context;
  private final PrimaryLatencies latencies;
  private final PrimaryAgent agent;
  private final WireAccount wire;
  private final SyncProgress progress;
  private final VerifySamples samples = new VerifySamples();
  private PrimaryState lastState = PrimaryState.SOLO;
  private OrderFollower following;
  private volatile long lingerUntilNs;
  private volatile boolean isStopping;
  private volatile boolean isStoppedNow;

  PrimaryRole(
      RoleContext context,
      Guest guest,
      Register register,
      long lastInput,
      long nowNs,
      PrimaryLatencies latencies) {
    this.context = context;
    this.latencies = latencies;
    NodeConfig config = context.config();
    agent =
        new PrimaryAgent(
            new PrimaryContext(
                context.self(),
                config.node().pair(),
                Terms.of(guest.description()),
                NodeLimits.codec(config),
                pacing(config),
                sessionSettings(config),
                new VerifyPlan(config.verify().everyEpochs(), config.verify().samples()),
                config.limits().stagingBytes(),
                NodeLimits.backlogBytes(config),
                context.link(),
                context.arbiter(),
                context.listener(),
                latencies,
                samples,
                context.guests().saver(context, guest.description()),
                SystemNanoClock.INSTANCE,
                context.wakeUp()),
            guest,
            register,
            lastInput,
            nowNs);
    wire = new WireAccount(agent, context.link());
    progress = new SyncProgress(new Copying(), config.guest().memoryBytes());
  }

  private static PacerSettings pacing(NodeConfig config) {
    NodeConfig.Epoch epoch = config.epoch();
    boolean streams = NodeLimits.streams(config);
    // Half of what the backup can log, so that a rare checkpoint never stops the clients.
    PacerSettings llm = PacerSettings.llm(epoch.lengthNs(), 1 << 19);
    PacerSettings base =
        epoch.mode() == EpochMode.FIXED
            ? PacerSettings.fixed(epoch.lengthNs())
            : PacerSettings.adaptive();
    boolean fixed = epoch.mode() == EpochMode.FIXED;
    return streams
        ? llm
        : new PacerSettings(
            fixed,
            true,
            fixed ? 0 : epoch.minNs(),
            fixed ? epoch.lengthNs() : epoch.maxNs(),
            epoch.inFlight(),
            base.inputMark(),
            base.dirtyPageMark(),
            base.queueMarkPercent(),
            Math.max(base.maxPausePercent(), epoch.pausePercent()),
            epoch.pausePercent());
  }

  private static PrimarySettings sessionSettings(NodeConfig config) {
    NodeConfig.Detect detect = config.detect();
    return PrimarySettings.of(detect.timeoutNs())
        .withTimeouts(detect.primaryTimeoutNs(), detect.commitTimeoutNs(), detect.heartbeatNs())
        .withSaveTimeout(config.node().saveTimeoutNs())
        .withStreams(NodeLimits.streams(config));
  }

  PrimaryAgent agent() {
    return agent;
  }

  @Override
  public LinkListener link() {
    return agent;
  }

  @Override
  public SessionEvents events() {
    return agent.events();
  }

  @Override
  public Guest guest() {
    return agent.guest();
  }

  @Override
  public Throwable guestFailure() {
    return agent.guestFailure();
  }

  @Override
  public void cycleStart(long nowNs) {
    agent.cycleStart(nowNs);
  }

  @Override
  public int doWork(long nowNs) {
    int work = agent.doWork();
    PrimaryState state = agent.state();
    if (state != lastState) {
      onStateChange(state, nowNs);
      lastState = state;
    }
    if (following != null && following.follow()) {
      following = null;
    }
    return work;
  }

  @Override
  public void order(GuestOrder order) {
    switch (order.wish()) {
      case SWITCHOVER -> {
        String refusal = agent.requestSwitchover("ordered by its operator");
        if (refusal == null) {
          following = new SwitchoverFollower(agent.session(), order);
        } else {
          order.refuse(refusal);
        }
      }
      case END -> {
        agent.requestEnd("ended by its operator");
        following = new EndFollower(agent.session(), order);
      }
      default -> throw new IllegalStateException("unknown wish " + order.wish());
    }
  }

  private void onStateChange(PrimaryState state, long nowNs) {
    switch (state) {
      case SYNCING -> {
        progress.onCopyStarts();
        wire.initialCopyStarts();
      }
      case WHOLE -> wire.initialCopyDone();
      case ENDED, FENCED, MOVED, SAVED -> lingerUntilNs = nowNs + LINGER_NS;
      default -> {}
    }
  }

  @Override
  public boolean isOver() {
    return agent.state().isTerminal()
        && !agent.session().isLettingGo()
        && System.nanoTime() - lingerUntilNs > 0;
  }

  @Override
  public boolean isGuestEnded() {
    return agent.state() == PrimaryState.ENDED && agent.session().isEndRegistered();
  }

  @Override
  public int exitCode() {
    if (agent.guestFailure() != null) {
      return ExitCode.FAILED;
    }
    return switch (agent.state()) {
      case ENDED, SAVED ->
          agent.session().isEndRegistered() ? ExitCode.OK : ExitCode.ARBITER_UNREACHABLE;
      // Stopped, not ordered away: whoever stopped it has what was wanted.
      case MOVED -> isStopping ? ExitCode.OK : ExitCode.MOVED;
      default -> ExitCode.FENCED;
    };
  }

  @Override
  public void requestStop(String reason) {
    isStopping = true;
    agent.requestStop(reason);
  }

  @Override
  public void requestStopNow(String reason) {
    isStopping = true;
    isStoppedNow = true;
    agent.requestStopNow(reason);
  }

  /** The guest is put aside, whether the register says so or not. */
  boolean isSaved() {
    return agent.state() == PrimaryState.SAVED;
  }

  @Override
  public boolean isLastCopy() {
    return agent.state().isLastCopy();
  }

  @Override
  public void onFailure(Throwable cause) {
    agent.onCycleFailed(cause);
  }

  @Override
  public boolean stays() {
    return !isStoppedNow && !agent.state().isTerminal();
  }

  @Override
  public long longestStallNs() {
    return agent.session().longestStallNs();
  }

  @Override
  public void describe(StatusDraft draft) {
    draft.role = StatusDraft.PRIMARY;
    draft.state = stateOf(agent.state());
    draft.tracker = agent.guest().trackerName();
    draft.sync = sync();
    draft.replication = replication();
    draft.latency = latencies.latency();
    draft.memory = memory();
    draft.front = front();
    draft.verify = samples.view();
    draft.peer = peer();
  }

  private NodeStatus.Peer peer() {
    NodeId backup = agent.session().backup();
    PrimaryCounters seen = agent.counters();
    return backup == null
        ? new NodeStatus.Peer("", "", "", seen.refusal)
        : new NodeStatus.Peer(
            backup.toString(), BackupRole.wordOf(seen.peerState), seen.peerFront, seen.refusal);
  }

  /** What a backup shows of the state that a heartbeat of this role names. */
  static String wordOf(int code) {
    return PrimaryState.isCode(code) ? stateOf(PrimaryState.of(code)).word() : "";
  }

  private NodeStatus.Front front() {
    boolean accepting = agent.state() == PrimaryState.SOLO;
    ClientFront front = agent.guest().front();
    return new NodeStatus.Front(
        accepting,
        front.sessions(),
        0,
        0,
        front.queuedBytes(),
        0,
        front.slowClientsClosed(),
        front.clientsRefused(),
        context.takeovers().replayDifferences());
  }

  private static NodeState stateOf(PrimaryState state) {
    return switch (state) {
      case SOLO, HANDSHAKING -> NodeState.SOLO;
      case SYNCING, WHOLE -> NodeState.SYNCING;
      case PROTECTED, ENDING -> NodeState.PROTECTED;
      case LINK_LOST -> NodeState.LINK_LOST;
      case CLAIMING -> NodeState.CLAIMING;
      case ENDED -> NodeState.ENDED;
      case FENCED -> NodeState.FENCED;
      case SWITCHING, HANDED_OVER -> NodeState.SWITCHING_OVER;
      case MOVED -> NodeState.MOVED;
      case SAVING -> NodeState.SAVING;
      case SAVED -> NodeState.SAVED;
    };
  }

  /** What the progress of a copy is told from. */
  private final class Copying implements SyncProgress.Source {
    @Override
    public long rounds() {
      return agent.counters().rounds;
    }

    @Override
    public long pagesLeft() {
      return agent.pagesLeft();
    }

    @Override
    public CopyAmount besideMemory() {
      return agent.guest().besideMemory();
    }

    @Override
    public long wireBytesSent() {
      return context.link().traffic().wireBytesSent();
    }
  }

  private NodeStatus.Sync sync() {
    return agent.state() == PrimaryState.SYNCING
        ? progress.view(System.nanoTime())
        : NodeStatus.Sync.NONE;
  }

  private NodeStatus.Replication replication() {
    Map<String, Long> classes = wire.byClass();
    long acked = agent.session().ackedEpoch();
    return new NodeStatus.Replication(
        acked,
        Math.max(0, acked),
        wire.initialCopyBytes(),
        agent.counters().dirtyPages,
        wire.changedBlocks(),
        agent.counters().dirtyPages * 4096,
        classes.values().stream().mapToLong(Long::longValue).sum(),
        classes,
        context.takeovers().inputBytes(),
        agent.counters().cowPages,
        agent.session().counters().resumes,
        agent.counters().resentBytes,
        context.link().traffic().staleMessages(),
        agent.session().lagEpochs());
  }

  private NodeStatus.Memory memory() {
    long limit = context.config().limits().stagingBytes();
    return new NodeStatus.Memory(
        context.config().guest().memoryBytes(),
        agent.shadowBytes(),
        agent.stagingBytes(),
        agent.stagingPeakBytes(),
        limit,
        0,
        0,
        0);
  }

  @Override
  public void close() {
    agent.close();
  }
}
