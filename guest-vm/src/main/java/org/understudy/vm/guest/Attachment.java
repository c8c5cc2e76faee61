package org.understudy.vm.guest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.vm.attach.AttachException;
import org.understudy.vm.attach.AttachFacts;
import org.understudy.vm.attach.AttachObserver;
import org.understudy.vm.attach.AttachRules;
import org.understudy.vm.attach.AttachWants;
import org.understudy.vm.attach.AttachedProcess;
import org.understudy.vm.attach.AttachedQemu;
import org.understudy.vm.attach.MachineShape;
import org.understudy.vm.attach.Refusal;
import org.understudy.vm.attach.ShapeObserver;
import org.understudy.vm.device.GuestEvents;
import org.understudy.vm.machine.Machine;
import org.understudy.vm.machine.MachineWatch;
import org.understudy.vm.machine.VmSettings;
import org.understudy.vm.qemu.QemuCommandLine;
import org.understudy.vm.qemu.QemuThreads;
import org.understudy.vm.qemu.VmNic;
import org.understudy.vm.qmp.QmpClient;
import org.understudy.vm.qmp.QmpException;
import org.understudy.vm.qmp.QmpRequests;
import org.understudy.vm.running.MemoryTracking;
import org.understudy.vm.track.TrackingException;

/** Waits for a machine that something else starts, judges it, and takes it. */
final class Attachment {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.vm");

  /** Its taps must not be those of another QEMU of this node. */
  private static final int NUMBER = 998;

  private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long PROGRESS_NS = TimeUnit.SECONDS.toNanos(30);
  private static final long GRACE_NS = TimeUnit.SECONDS.toNanos(2);
  private static final long CONNECT_NS = TimeUnit.SECONDS.toNanos(5);

  private final VmSettings settings;
  private final AttachPlan plan;
  private final Path diskSocket;
  private final long[] diskSizesBytes;
  private final MachineWatch watch = new MachineWatch();
  private final GuestEvents events = new GuestEvents(watch);

  /**
   * For a node whose disks are served already.
   *
   * @param diskSocket where
   */
  Attachment(VmSettings settings, AttachPlan plan, Path diskSocket, long[] diskSizesBytes) {
    this.settings = settings;
    this.plan = plan;
    this.diskSocket = diskSocket;
    this.diskSizesBytes = diskSizesBytes;
  }

  /**
   * A machine that is this node's from now on.
   *
   * @param settings with the tracker that works for it
   */
  record Attached(
      VmSettings settings, Machine machine, MappedGuestMemory memory, AttachedProcess process) {
    /** It is left as it is after all. */
    void letGo() {
      process.forget();
      machine.release();
      memory.close();
    }
  }

  /**
   * Waits as long as it takes.
   *
   * @throws AttachException where it cannot be protected; it is left as it is
   */
  Attached await() {
    QmpClient qmp = connect();
    try {
      return take(qmp);
    } catch (QmpException e) {
      qmp.close();
      throw new AttachException("the machine went away: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      qmp.close();
      throw e;
    }
  }

  private QmpClient connect() {
    long toldNs = System.nanoTime() - PROGRESS_NS;
    while (!plan.isGivenUp().getAsBoolean()) {
      try {
        return QmpClient.connect(plan.qmpSocket(), events, CONNECT_NS);
      } catch (IOException e) {
        if (System.nanoTime() - toldNs >= PROGRESS_NS) {
          toldNs = System.nanoTime();
          LOG.info("waits for a machine at {}{}", plan.qmpSocket(), servedDisks());
        }
        LockSupport.parkNanos(RETRY_NS); // nobody listens yet
      } catch (QmpException e) {
        throw new AttachException(
            plan.qmpSocket()
                + " does not speak QMP ("
                + e.getMessage()
                + "): it takes one client at a time, give this node a monitor of its own",
            e);
      }
    }
    throw new AttachException("given up before there was a machine at " + plan.qmpSocket());
  }

  private String servedDisks() {
    return diskSizesBytes.length == 0
        ? ""
        : ", whose disks are served at "
            + diskSocket
            + " as "
            + settings.config().disks().stream().map(disk -> disk.id()).toList();
  }

  private Attached take(QmpClient qmp) {
    AttachFacts facts = new AttachObserver(qmp, plan.qmpSocket(), settings.timeoutNs()).observe();
    AttachWants wants =
        new AttachWants(settings.config(), settings.qemuVersion(), wantedShape(), diskSocket);
    judge(facts, wants);
    VmSettings usable = withTracker(facts, wants);
    MappedGuestMemory memory = map(facts.ram().mapping());
    AttachedProcess process = AttachedProcess.remember(facts.process().pid(), settings.directory());
    try {
      prepare(qmp, facts.runState());
      QemuThreads.hurry(facts.process().pid(), qmp, settings.timeoutNs());
      LOG.info(
          "the machine of QEMU {} (process {}, {}) is attached",
          facts.qemuVersion(),
          facts.process().pid(),
          facts.shape().accelerator());
      AttachedQemu qemu = new AttachedQemu(qmp, process, netdevs(facts));
      return new Attached(
          usable, Machine.attached(usable, watch, events, qemu, plan.qmpSocket()), memory, process);
    } catch (RuntimeException | Error e) {
      process.forget(); // or the next process of this node would end it
      memory.close();
      throw e;
    }
  }

  private static void judge(AttachFacts facts, AttachWants wants) {
    List<Refusal> refusals = AttachRules.refusals(facts, wants);
    if (!refusals.isEmpty()) {
      refusals.forEach(refusal -> LOG.error("{}", refusal));
      throw new AttachException(refusals);
    }
  }

  /** What the config makes, shown by a QEMU that never runs it. */
  private MachineShape wantedShape() {
    Path qmp = settings.socket("config.qmp");
    try (MappedGuestMemory memory =
            MappedGuestMemory.sharedFile(settings.layout(), settings.owner() + "-config");
        Machine machine =
            Machine.start(
                settings,
                memory.path(),
                QemuCommandLine.trial(
                    settings.config(),
                    settings.place(memory.path(), qmp, NUMBER, Map.of()),
                    diskSizesBytes),
                qmp)) {
      return ShapeObserver.observe(machine.qmp(), settings.timeoutNs());
    }
  }

  private VmSettings withTracker(AttachFacts facts, AttachWants wants) {
    try {
      // What failed here is not left out for good: it may have been this moment's load.
      settings.tracker().first(kind -> tryTracking(kind, facts));
      return settings;
    } catch (TrackingException e) {
      judge(facts.withTrackingFailure(e.getMessage()), wants);
      throw e; // not reached: a failure is a refusal
    }
  }

  private TrackerKind tryTracking(TrackerKind kind, AttachFacts facts) {
    if (kind != TrackerKind.COMPARE) {
      Path memoryFile = Path.of(facts.ram().mapping().name());
      MemoryTracking.tryOut(kind, settings, facts.process().pid(), memoryFile);
    }
    return kind;
  }

  private MappedGuestMemory map(AttachFacts.Mapping mapping) {
    return MappedGuestMemory.foreign(
        settings.layout(), mapping.descriptor(), Path.of(mapping.name()));
  }

  /** What the command line of our own QEMU says. */
  private void prepare(QmpClient qmp, String runState) {
    order(qmp, "set-action", object().put("shutdown", "pause").put("panic", "pause"));
    order(
        qmp,
        "qom-set",
        object().put("path", "/machine").put("property", "suppress-vmdesc").put("value", true));
    if (!runState.equals("running") && !isStartedByOthers(qmp)) {
      LOG.info("the machine is {}: it runs from now on", runState);
      qmp.execute(new QmpRequests.Cont(), settings.timeoutNs());
    }
  }

  /** A libvirt that starts a machine lets it run itself once it has set all of it. */
  private boolean isStartedByOthers(QmpClient qmp) {
    long deadlineNs = System.nanoTime() + GRACE_NS;
    boolean isRunning = false;
    while (!isRunning && System.nanoTime() - deadlineNs < 0) {
      LockSupport.parkNanos(RETRY_NS);
      isRunning = qmp.execute(new QmpRequests.QueryStatus(), settings.timeoutNs()).running();
    }
    return isRunning;
  }

  private void order(QmpClient qmp, String command, ObjectNode arguments) {
    qmp.execute(new QmpRequests.Raw(command, arguments), settings.timeoutNs());
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private Map<String, String> netdevs(AttachFacts facts) {
    Map<String, String> netdevs = new HashMap<>();
    for (VmNic nic : settings.config().nics()) {
      String mac = nic.mac().toLowerCase(Locale.ROOT);
      facts.netdevs().stream()
          .filter(netdev -> netdev.mac().equals(mac))
          .findFirst()
          .ifPresent(netdev -> netdevs.put(nic.id(), netdev.id()));
    }
    return netdevs;
  }
}
