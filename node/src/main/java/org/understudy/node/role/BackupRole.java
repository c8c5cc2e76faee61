package org.understudy.node.role;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.SystemNanoClock;
import org.understudy.backup.agent.BackupAgent;
import org.understudy.backup.agent.BackupContext;
import org.understudy.backup.agent.BackupMetrics;
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
import org.understudy.pair.ownership.Register;
import org.understudy.protocol.link.LinkListener;
import org.understudy.protocol.monitor.PeerMonitorListener;

/** A node that holds the copy; after a takeover it goes on as a {@link PrimaryRole}. */
final class BackupRole implements Role {
  private final RoleContext context;
  private final ClientFront front;
  private final GuestFactory description;
  private final VerifySamples samples = new VerifySamples();
  private final BackupAgent agent;
  private final HandoverHost host;
  private TakeoverFront takeoverFront;
  private String cause = "";
  private volatile boolean stopping;
  private volatile boolean insisted;
  private long inputBaseBytes = -1;

  BackupRole(RoleContext context, Register register, long nowNs) {
    this.context = context;
    this.host = new HandoverHost(context.wakeUp());
    this.front = context.guests().newFront();
    this.description = context.guests().factory(front);
    NodeConfig config = context.config();
    agent =
        new BackupAgent(
            new BackupContext(
                context.self(),
                config.node().pair(),
                register == null ? 0 : register.registerId(),
                Terms.of(description.description()),
                config.self().front().toString(),
                sessionSettings(config),
                NodeLimits.backup(config),
                context.guests()::newImage,
                description.standby(),
                front,
                this::restore,
                context.link(),
                context.arbiter(),
                context.listener(),
                metrics(),
                SystemNanoClock.INSTANCE),
            nowNs);
  }

  private static BackupSettings sessionSettings(NodeConfig config) {
    return BackupSettings.of(config.detect().timeoutNs())
        .withHeartbeat(config.detect().heartbeatNs());
  }

  private BackupMetrics metrics() {
    return new BackupMetrics() {
      @Override
      public void onVerified(long epoch, byte[] primary, byte[] image) {
        samples.compared(primary, image, epoch);
      }
    };
  }

  private Guest restore(
      GuestMemory memory, DirectBuffer deviceState, int length, long inputPosition, long stampNs) {
    takeoverFront =
        new TakeoverFront(front, agent.beyondCommit(), context.takeovers()::firstAnswer);
    Guest guest =
        context
            .guests()
            .factory(takeoverFront)
            .restore(memory, deviceState, length, inputPosition, stampNs);
    guest.start(host);
    return guest;
  }

  @Override
  public LinkListener link() {
    return agent;
  }

  @Override
  public PeerMonitorListener monitor() {
    return agent.monitor();
  }

  @Override
  public void cycleStart(long nowNs) {
    agent.cycleStart(nowNs);
  }

  @Override
  public int doWork(long nowNs) {
    if (host.failure() != null) {
      agent.onGuestFailed(host.failure());
    }
    if (inputBaseBytes < 0 && agent.state() == BackupState.WHOLE) {
      inputBaseBytes = context.link().traffic().wireBytesSent();
    }
    return agent.doWork();
  }

  /** Told by the state listener, so that a takeover can say why. */
  void cause(String reason) {
    cause = reason;
  }

  @Override
  public Role next() {
    if (agent.state() != BackupState.SOLO) {
      return this;
    }
    takeoverFront.replayDone();
    context.takeovers().replayDifferences(agent.beyondCommit().differences());
    context.takeovers().inputBytes(inputBytes());
    context.takeovers().add(agent, cause);
    PrimaryRole next =
        new PrimaryRole(
            context,
            agent.guest(),
            agent.session().wonRegister(),
            agent.lastInput(),
            System.nanoTime());
    host.handTo(next.agent().host());
    if (insisted) {
      next.requestEnd("stopped during the takeover");
    }
    return next;
  }

  @Override
  public boolean isOver() {
    BackupState state = agent.state();
    return state.isTerminal() && state != BackupState.SOLO && !agent.isLingering();
  }

  @Override
  public int exitCode() {
    return switch (agent.state()) {
      case ENDED -> ExitCode.OK;
      case RESIGNED -> stopping ? ExitCode.OK : ExitCode.FAILED;
      case REFUSED -> ExitCode.REFUSED;
      case LOST -> host.failure() == null ? ExitCode.FENCED : ExitCode.FAILED;
      default -> ExitCode.FAILED;
    };
  }

  @Override
  public void requestEnd(String reason) {
    stopping = true;
    agent.requestStop(reason + " (asked a second time it does not wait for the primary)");
  }

  @Override
  public boolean stays() {
    return stopping && !insisted && !agent.state().isTerminal();
  }

  @Override
  public void insistOnEnd(String reason) {
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
            context.link().traffic().staleMessages());
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
    front.close();
  }
}
