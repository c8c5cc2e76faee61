package org.understudy.node.role;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.SystemNanoClock;
import org.understudy.backup.agent.BackupAgent;
import org.understudy.backup.agent.BackupContext;
import org.understudy.backup.agent.BackupObserver;
import org.understudy.backup.agent.Successor;
import org.understudy.backup.session.BackupSettings;
import org.understudy.backup.session.BackupState;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.GuestFactory;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.program.ExitCode;
import org.understudy.node.run.NodeLimits;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.session.SessionEvents;
import org.understudy.protocol.link.LinkListener;

/** A node that holds the copy; after a takeover it goes on as a {@link PrimaryRole}. */
final class BackupRole implements Role {
  private final RoleContext context;
  private final ClientFront front;
  private final GuestFactory description;
  private final VerifySamples samples = new VerifySamples();
  private final BackupAgent agent;

  /** Of the primary that this node may become: large, and made while nobody waits. */
  private final PrimaryLatencies latencies = new PrimaryLatencies();

  private Guest guest;
  private PrimaryRole restored;
  private String cause = "";
  private volatile boolean hasTakenOver;
  private volatile boolean stopping;
  private volatile boolean insisted;
  private long inputBaseBytes = -1;

  BackupRole(RoleContext context, Register register, long nowNs) {
    this.context = context;
    this.front = context.guests().newFront();
    this.description = context.guests().factory(front);
    NodeConfig config = context.config();
    long registerId = register == null ? 0 : register.registerId();
    agent =
        new BackupAgent(
            new BackupContext(
                context.self(),
                config.node().pair(),
                registerId,
                Terms.of(description.description()),
                config.self().front().toString(),
                sessionSettings(config),
                NodeLimits.backup(config),
                context.guests().imageMemory(registerId),
                description.standby(),
                front,
                this::restore,
                context.link(),
                context.arbiter(),
                context.listener(),
                new Metrics(samples, context.takeovers()),
                SystemNanoClock.INSTANCE),
            nowNs);
    rehearse();
  }

  /**
   * A takeover makes a primary between the restore and the first answer. What has been made once is
   * loaded and linked: that takes a tenth of the time.
   */
  private void rehearse() {
    Register solo = new Register(1, 1, new Ownership.Solo(context.self()));
    Guest none = new DescribedGuest(description.description());
    new PrimaryRole(context, none, solo, 0, System.nanoTime(), latencies);
  }

  private static BackupSettings sessionSettings(NodeConfig config) {
    return BackupSettings.of(config.detect().timeoutNs())
        .withHeartbeat(config.detect().heartbeatNs());
  }

  /** Outlives the role: the first reply may leave when the guest has long been handed on. */
  private record Metrics(VerifySamples samples, TakeoverHistory takeovers)
      implements BackupObserver {
    @Override
    public void onVerified(long epoch, byte[] primary, byte[] image) {
      samples.compared(primary, image, epoch);
    }

    @Override
    public void onFirstReply(long atNs) {
      takeovers.firstAnswer(atNs);
    }
  }

  private Successor restore(
      GuestMemory memory, DirectBuffer deviceState, int length, long inputPosition, long stampNs) {
    if (guest == null) {
      guest = description.restore(memory, deviceState, length, inputPosition, stampNs);
    }
    // What fails from here on is tried again around the same guest: it holds the image now.
    PrimaryRole role =
        new PrimaryRole(
            context,
            guest,
            agent.session().wonRegister(),
            agent.lastInput(),
            System.nanoTime(),
            latencies);
    role.agent().succeeds(agent.lateMirrors());
    role.agent().startGuest();
    restored = role;
    return role;
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
  public void cycleStart(long nowNs) {
    agent.cycleStart(nowNs);
    if (restored != null) {
      // Its first cycle as a primary is to follow this one, and not the restore.
      restored.cycleStart(nowNs);
    }
  }

  @Override
  public int doWork(long nowNs) {
    if (inputBaseBytes < 0 && agent.state() == BackupState.WHOLE) {
      inputBaseBytes = context.link().traffic().wireBytesSent();
    }
    int work = agent.doWork();
    if (!hasTakenOver && agent.state() == BackupState.SOLO) {
      hasTakenOver = true;
      tookOver();
    }
    return work;
  }

  private void tookOver() {
    TakeoverHistory history = context.takeovers();
    history.replayDifferences(agent.beyondCommit().differences());
    history.inputBytes(inputBytes());
    history.add(agent, cause);
    restored.agent().begin();
    if (insisted) {
      restored.requestStopNow("stopped during the takeover");
    } else if (stopping) {
      restored.requestStop("stopped before it took over");
    }
  }

  /** Told by the state listener, so that a takeover can say why. */
  void cause(String reason) {
    cause = reason;
  }

  @Override
  public Role successor() {
    return hasTakenOver ? restored : this;
  }

  @Override
  public boolean isOver() {
    BackupState state = agent.state();
    return state.isTerminal() && state != BackupState.SOLO && !agent.isLingering();
  }

  @Override
  public boolean isGuestEnded() {
    return agent.state() == BackupState.ENDED;
  }

  @Override
  public int exitCode() {
    return switch (agent.state()) {
      case ENDED -> ExitCode.OK;
      case RESIGNED -> stopping ? ExitCode.OK : ExitCode.FAILED;
      case REFUSED -> ExitCode.REFUSED;
      case LOST -> agent.isTakeoverFailed() ? ExitCode.FAILED : ExitCode.FENCED;
      default -> ExitCode.FAILED;
    };
  }

  @Override
  public void requestStop(String reason) {
    stopping = true;
    agent.requestStop(reason + " (asked a second time it does not wait for the primary)");
  }

  @Override
  public boolean stays() {
    return stopping && !insisted && !agent.state().isTerminal();
  }

  @Override
  public boolean isLastCopy() {
    return agent.state().isLastCopy();
  }

  @Override
  public void onFailure(Throwable cause) {
    agent.onCycleFailed();
  }

  @Override
  public void requestStopNow(String reason) {
    stopping = true;
    insisted = true;
    agent.requestStopNow(reason);
  }

  @Override
  public long longestStallNs() {
    return agent.session().longestStallNs();
  }

  @Override
  public void describe(StatusDraft draft) {
    draft.role = "backup";
    draft.state = stateOf(agent.state());
    draft.replication =
        new NodeStatus.Replication(
            agent.imageEpoch(),
            Math.max(0, agent.imageEpoch()),
            0,
            0,
            0,
            0,
            0,
            java.util.Map.of(),
            inputBytes(),
            0,
            agent.session().counters().resumes,
            0,
            context.link().traffic().staleMessages(),
            0);
    draft.memory =
        new NodeStatus.Memory(
            agent.imageBytes(),
            0,
            agent.stagedBytes(),
            agent.stagingPeakBytes(),
            context.config().limits().stagingBytes(),
            agent.inputLogBytes(),
            agent.inputLogPeakBytes(),
            context.config().limits().inputLogBytes());
    draft.front =
        new NodeStatus.Front(
            agent.isAccepting(),
            front.sessions(),
            agent.opened(),
            agent.heldOutputBytes(),
            front.queuedBytes(),
            agent.inputs(),
            front.slowClientsClosed(),
            front.clientsRefused(),
            context.takeovers().replayDifferences());
    draft.verify = samples.view();
    NodeId primary = agent.session().primary();
    draft.peer =
        primary == null
            ? NodeStatus.Peer.NONE
            : new NodeStatus.Peer(
                primary.toString(), PrimaryRole.wordOf(agent.peerState()), "", "");
  }

  /** What a primary shows of the state that a heartbeat of this role names. */
  static String wordOf(int code) {
    return BackupState.isCode(code) ? stateOf(BackupState.of(code)).word() : "";
  }

  private long inputBytes() {
    return inputBaseBytes < 0 ? 0 : context.link().traffic().wireBytesSent() - inputBaseBytes;
  }

  private static NodeState stateOf(BackupState state) {
    return switch (state) {
      case CONNECTING -> NodeState.CONNECTING;
      case SYNCING, WHOLE -> NodeState.SYNCING;
      case PROTECTED -> NodeState.PROTECTED;
      case LINK_LOST, RESIGNING -> NodeState.LINK_LOST;
      case CLAIMING -> NodeState.CLAIMING;
      case TAKING_OVER -> NodeState.TAKING_OVER;
      case SOLO -> NodeState.SOLO;
      case RESIGNED, ENDED -> NodeState.ENDED;
      case LOST -> NodeState.FENCED;
      case REFUSED -> NodeState.FAILED;
    };
  }

  @Override
  public void close() {
    agent.close();
    if (guest != null && restored == null) {
      guest.close();
    }
    front.close();
  }
}
