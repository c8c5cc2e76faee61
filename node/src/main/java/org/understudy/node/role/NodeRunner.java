package org.understudy.node.role;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import javax.management.JMException;
import org.agrona.CloseHelper;
import org.agrona.concurrent.IdleStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.backup.session.BackupState;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.memory.KeptMemory;
import org.understudy.host.schedule.TimeSlice;
import org.understudy.node.arbiter.Registers;
import org.understudy.node.config.Endpoint;
import org.understudy.node.config.LinkSettings;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.control.ControlServer;
import org.understudy.node.metrics.MetricsBean;
import org.understudy.node.metrics.NodeMetrics;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;
import org.understudy.node.run.RunDirectory;
import org.understudy.node.run.ThreadDeaths;
import org.understudy.node.seal.WireKeys;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;
import org.understudy.pair.arbiter.Arbiter;
import org.understudy.pair.arbiter.ArbiterWorker;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.StartRule;
import org.understudy.protocol.link.IdleStrategies;
import org.understudy.protocol.link.Link;
import org.understudy.protocol.link.LinkConfigurationException;
import org.understudy.protocol.link.ReplicationLink;
import org.understudy.protocol.monitor.DeferredMonitor;
import org.understudy.protocol.monitor.MonitorContext;
import org.understudy.protocol.monitor.MonitorProbe;
import org.understudy.protocol.monitor.PeerMonitor;
import org.understudy.protocol.monitor.TcpPeerMonitor;
import org.understudy.protocol.seal.SealIdentity;
import org.understudy.vm.attach.AttachException;
import org.understudy.vm.qemu.QemuException;

/** Runs the role that a configuration asks for, and whatever role follows from it. */
public final class NodeRunner {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.node");

  /** How long the owner that is to be overridden is waited for. */
  private static final int PROBE_MS = 2000;

  private final NodeConfig config;
  private final RunDirectory directory;
  private final NodeId self;
  private final SealIdentity seal;
  private final ThreadDeaths deaths;
  private final StartOrder order;
  private final TakeoverHistory takeovers = new TakeoverHistory();
  private boolean isBackup;
  private volatile NodeAgent agent;
  private volatile String reason = "starts";

  /** Whether this process made a guest; until then the register can be given back. */
  private boolean mayHaveRun;

  private ArbiterWorker arbiter;
  private GuestKit guests;
  private Register previous;
  private SavedStart saved;

  /** Of a guest that has ended on both nodes; else null. */
  private Register ended;

  private StatusReporter reporter;

  private NodeRunner(
      NodeConfig config, RunDirectory directory, StartOrder order, ThreadDeaths deaths) {
    this.config = config;
    this.order = order;
    this.deaths = deaths;
    this.directory = directory;
    this.self = new NodeId(config.node().name(), newIncarnation());
    // Before the register is written: a node without a key owns nothing.
    this.seal = WireKeys.identity(config);
  }

  private static long newIncarnation() {
    SecureRandom random = new SecureRandom();
    long number = random.nextLong();
    return number == 0 ? 1 : number;
  }

  /** Runs until the node ends; returns one of {@link ExitCode}. */
  public static int run(
      NodeConfig config, RunDirectory directory, StartOrder order, ThreadDeaths deaths) {
    return new NodeRunner(config, directory, order, deaths).run();
  }

  private int run() {
    config.describe().forEach(line -> LOG.info("setting {}", line));
    try (Arbiter opened = ArbiterStart.open(config)) {
      Register register = startingRegister(opened);
      int exitCode = runNode(opened, register);
      forgetEnded();
      return exitCode;
    } catch (LinkConfigurationException e) {
      throw new UserError(ExitCode.CONFIGURATION_INVALID, e.getMessage(), e);
    }
  }

  /** What was kept for a return, once nothing of this process holds it any more. */
  private void forgetEnded() {
    try {
      if (ended != null) {
        KeptMemory.remove(ended.registerId());
      }
    } catch (RuntimeException e) {
      LOG.warn("memory of the guest that ended is still there: {}", e.getMessage());
    }
  }

  /** The register as it is (backup), or as this node wrote it to own the guest (primary). */
  private Register startingRegister(Arbiter registers) {
    try {
      Optional<Register> current = registers.read();
      previous = current.orElse(null);
      saved = SavedStart.look(config.node(), previous, order.startEmpty());
      isBackup = order.isBackup(config.node(), previous, saved.isHere());
      if (isBackup) {
        return previous;
      }
      StartRule.Decision decision =
          StartRule.decide(previous, Registers.newId(), self, order.startEmpty(), saved.isHere());
      if (order.startEmpty() && current.isPresent()) {
        refuseIfOwnerLives(current.get());
      }
      if (decision.refusal() != null) {
        throw new UserError(ExitCode.REFUSED, decision.refusal() + lastWords());
      }
      if (decision.notice() != null) {
        LOG.info(decision.notice());
      }
      if (saved.isHere()) {
        saved.adopt(self);
      }
      if (!registers.compareAndSet(decision.register())) {
        throw new UserError(
            ExitCode.REFUSED,
            "another node wrote the register at the same moment: " + registers.describe());
      }
      return decision.register();
    } catch (IOException e) {
      throw ArbiterStart.failed(e);
    }
  }

  /** An override is for owners that are gone: both would serve until the old one looked. */
  private void refuseIfOwnerLives(Register current) {
    if (current.ownership() instanceof Ownership.Ended) {
      return;
    }
    for (Endpoint place : List.of(config.peer().monitor(), config.self().monitor())) {
      MonitorProbe.Answer answer =
          MonitorProbe.ask(place.address(), config.node().pair(), self, seal, PROBE_MS);
      boolean isSilent = answer.isConnected() && answer.node() == null;
      boolean isNamed =
          answer.node() != null
              && (current.ownership().runsOn(answer.node())
                  || current.ownership() instanceof Ownership.Protected(NodeId p, NodeId backup)
                      && backup.equals(answer.node()));
      if (isSilent || isNamed) {
        throw new UserError(
            ExitCode.REFUSED,
            "--start-empty is for guests that are gone, but "
                + (isNamed
                    ? answer.node() + ", which the register names, answers"
                    : "something listens")
                + " at "
                + place
                + " (register: "
                + current
                + "); end that process first");
      }
    }
  }

  private String lastWords() {
    return directory
        .previous()
        .map(last ->
            "; the last process in "
                + directory.path()
                + " was "
                + last.role()
                + " in state "
                + last.state()
                + " at epoch "
                + last.replication().epoch())
        .orElse("");
  }

  private int runNode(Arbiter registers, Register register) {
    Link link = null;
    PeerMonitor monitor = null;
    MetricsBean metrics = null;
    ControlServer control = null;
    try {
      guests =
          GuestKit.of(
              config,
              new NodeOwnership(self, previous, this::lastSeen, registers, saved.generation()));
      link = new ReplicationLink(LinkSettings.context(config, self, seal).conclude());
      LOG.debug("link {}", link.describe());
      DeferredMonitor seen = new DeferredMonitor();
      monitor = new TcpPeerMonitor(monitorContext(), seen);
      arbiter =
          new ArbiterWorker(
              registers, this::wakeUp, e -> LOG.warn("arbiter failed: {}", e.getMessage()));
      arbiter.onStart(register);
      reporter = new StatusReporter(config, self, directory, this::describe);
      metrics = exportMetrics();
      agent = new NodeAgent(link, monitor, seen, reporter, idleStrategy(), deaths);
      Role first = firstRole(registers, link, register);
      agent.become(first);
      deaths.stayWhile(() -> agent.role().isLastCopy());
      control = ControlServer.open(directory.path(), agent::order);
      return runAgent();
    } catch (RuntimeException | Error e) {
      if (!isBackup && !mayHaveRun) {
        neverRan(registers, register);
      }
      throw e;
    } finally {
      CloseHelper.quietCloseAll(control, metrics, monitor, link, arbiter, guests);
    }
  }

  private MetricsBean exportMetrics() {
    try {
      return MetricsBean.export(
          NodeMetrics.registry(reporter::latest, WireAccount.classes()), self.name());
    } catch (JMException e) {
      throw new IllegalStateException("metrics cannot be exported: " + e.getMessage(), e);
    }
  }

  private MonitorContext monitorContext() {
    MonitorContext context =
        new MonitorContext()
            .node(self)
            .pairId(config.node().pair())
            .listenEndpoint(config.self().monitor().toString())
            .peerEndpoint(config.peer().monitor().toString())
            .wireUnsealed(!config.wire().sealed())
            .seal(seal);
    context.conclude();
    return context;
  }

  private Role firstRole(Arbiter registers, Link link, Register register) {
    RoleContext context =
        new RoleContext(
            config, self, guests, link, arbiter, this::onState, takeovers, this::wakeUp);
    if (isBackup) {
      context.guests().rehearse();
      return backup(context, register);
    }
    Guest guest = saved.isHere() ? saved.restore(context) : create(context);
    mayHaveRun = true;
    PrimaryRole role =
        new PrimaryRole(
            context,
            guest,
            register,
            saved.isHere() ? saved.inputPosition() : 0,
            System.nanoTime(),
            new PrimaryLatencies());
    role.agent().begin();
    role.agent().startGuest();
    return role;
  }

  private static BackupRole backup(RoleContext context, Register register) {
    try {
      return new BackupRole(context, register, System.nanoTime());
    } catch (QemuException e) {
      throw new UserError(ExitCode.REFUSED, "this node cannot be a backup: " + e.getMessage(), e);
    }
  }

  private IdleStrategy idleStrategy() {
    return config.guest().isVm()
        ? IdleStrategies.calm()
        : IdleStrategies.forCores(Runtime.getRuntime().availableProcessors());
  }

  /** Beside a machine's processors it has to ask for a core; a service shares one with it. */
  private Runnable agentTask() {
    return !config.guest().isVm()
        ? agent
        : () -> {
          TimeSlice.shorten();
          agent.run();
        };
  }

  private static Guest create(RoleContext context) {
    try {
      return context.guests().factory(context.guests().newFront()).create();
    } catch (AttachException e) {
      throw new UserError(
          Shutdown.requested() ? ExitCode.INTERRUPTED : ExitCode.REFUSED, e.getMessage(), e);
    } catch (QemuException e) {
      throw new UserError(ExitCode.REFUSED, "the machine cannot be started: " + e.getMessage(), e);
    }
  }

  /**
   * No guest of this generation ran: the next start need not be told that it is gone. An owner that
   * was overridden gets the register back: if it lives after all, its guest must not be ended.
   */
  private void neverRan(Arbiter registers, Register register) {
    boolean overrode = previous != null && !(previous.ownership() instanceof Ownership.Ended);
    Ownership before = overrode ? previous.ownership() : new Ownership.Ended();
    try {
      registers.compareAndSet(register.next(before));
    } catch (IOException e) {
      LOG.warn("the register still says that the guest runs here: {}", e.getMessage());
    }
  }

  private int runAgent() {
    Thread thread = Thread.ofPlatform().name("agent").unstarted(agentTask());
    Throwable[] failure = new Throwable[1];
    thread.setUncaughtExceptionHandler((t, e) -> failure[0] = e);
    thread.start();
    reporter.start();
    Shutdown.staysWhile(() -> agent.role().stays());
    Shutdown.onRequest(() -> agent.requestStop("stopped by its operator"));
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Role last = agent.role();
    if (failure[0] != null) {
      reason = failure[0].toString();
      LOG.error("the agent failed", failure[0]);
    }
    last.close();
    reporter.close();
    ended = last.isGuestEnded() ? arbiter.lastSeen() : null;
    if (last.exitCode() == ExitCode.MOVED || last.exitCode() == ExitCode.FENCED) {
      LOG.info("{}; {}", reason, order.afterwards(config.node()));
    } else if (last instanceof PrimaryRole primary && primary.isSaved()) {
      LOG.info("{}; the next start of this node goes on with the guest", reason);
    } else if (last.exitCode() == ExitCode.ARBITER_UNREACHABLE) {
      LOG.error("{}: {}; a start is refused until it says ended", reason, arbiter.describe());
    }
    return failure[0] == null ? last.exitCode() : ExitCode.FAILED;
  }

  private Register lastSeen() {
    ArbiterWorker current = arbiter;
    return current == null ? null : current.lastSeen();
  }

  private void wakeUp() {
    NodeAgent current = agent;
    if (current != null) {
      current.wakeUp();
    }
  }

  private void onState(String machine, Enum<?> from, Enum<?> to, long nowNs, String why) {
    LOG.info("{} {} -> {}: {}", machine, from == null ? "-" : from, to, why);
    reason = why;
    // During a takeover the next role's machine starts while this is still the backup's node.
    if (agent != null
        && agent.role() instanceof BackupRole backup
        && to instanceof BackupState state) {
      onBackupState(backup, state, why);
    }
    reporter.changed();
  }

  private void onBackupState(BackupRole backup, BackupState to, String why) {
    if (to == BackupState.CLAIMING) {
      backup.cause(why);
    } else if (to == BackupState.PROTECTED || to == BackupState.ENDED) {
      // The primary wrote the register and said so; the status shows what it says.
      arbiter.look();
    }
  }

  private void describe(StatusDraft draft) {
    Role role = agent.role();
    if (role != null) {
      role.describe(draft);
    } else {
      draft.state = NodeState.STARTING;
    }
    draft.reason = reason;
    draft.takeovers = takeovers.list();
    draft.ownership = ownership();
    draft.link = agent.linkTrouble();
    guests.describe(draft);
  }

  private NodeStatus.OwnershipView ownership() {
    Register seen = arbiter.lastSeen();
    if (seen == null) {
      return view("", 0, "none", "", "");
    }
    String id = Long.toHexString(seen.registerId());
    return switch (seen.ownership()) {
      case Ownership.Solo(NodeId owner) ->
          view(id, seen.generation(), "solo", owner.toString(), "");
      case Ownership.Protected(NodeId primary, NodeId backup) ->
          view(id, seen.generation(), "protected", primary.toString(), backup.toString());
      case Ownership.Saved(NodeId by) -> view(id, seen.generation(), "saved", by.toString(), "");
      case Ownership.Ended() -> view(id, seen.generation(), "ended", "", "");
    };
  }

  private NodeStatus.OwnershipView view(
      String id, long generation, String mode, String owner, String backup) {
    String trouble = arbiter.trouble();
    return new NodeStatus.OwnershipView(
        id,
        generation,
        mode,
        owner,
        backup,
        arbiter.describe(),
        trouble == null,
        trouble == null ? "" : trouble);
  }
}
