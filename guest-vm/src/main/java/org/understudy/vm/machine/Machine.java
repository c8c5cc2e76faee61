package org.understudy.vm.machine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.memory.KeptMemory;
import org.understudy.vm.attach.AttachedQemu;
import org.understudy.vm.device.GuestEvents;
import org.understudy.vm.qemu.QemuProcess;
import org.understudy.vm.qemu.QemuThreads;
import org.understudy.vm.qemu.RunningQemu;
import org.understudy.vm.qemu.VmNic;
import org.understudy.vm.qemu.VmPlace;
import org.understudy.vm.qmp.QmpClient;
import org.understudy.vm.qmp.QmpException;
import org.understudy.vm.qmp.QmpRequests;

/** One QEMU: its process, its connection, what it tells. */
public final class Machine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.vm");
  private static final long RUN_ANEW_NS = 2_000_000_000L;

  private final MachineWatch watch;
  private final GuestEvents events;
  private final RunningQemu process;
  private final Path qmpSocket;
  private final Map<String, String> netdevs;

  private volatile long runningSinceNs = System.nanoTime();

  private Machine(
      MachineWatch watch,
      GuestEvents events,
      RunningQemu process,
      Path qmpSocket,
      Map<String, String> netdevs) {
    this.watch = watch;
    this.events = events;
    this.process = process;
    this.qmpSocket = qmpSocket;
    this.netdevs = netdevs;
  }

  /**
   * Starts it; see {@link QemuProcess#start}. It holds its memory as long as it lives.
   *
   * @param memory the file that the command names
   */
  public static Machine start(
      VmSettings settings, Path memory, List<String> command, Path qmpSocket) {
    MachineWatch watch = new MachineWatch();
    GuestEvents events = new GuestEvents(watch);
    List<String> holding = KeptMemory.heldBy(memory, command);
    return new Machine(
        watch, events, startPinned(settings, holding, qmpSocket, events), qmpSocket, Map.of());
  }

  private static RunningQemu startPinned(
      VmSettings settings, List<String> command, Path qmpSocket, GuestEvents events) {
    QemuProcess qemu = QemuProcess.start(command, qmpSocket, events, settings.timeoutNs());
    try {
      return pinned(settings, qemu);
    } catch (RuntimeException e) {
      qemu.kill();
      throw e;
    }
  }

  private static RunningQemu pinned(VmSettings settings, RunningQemu qemu) {
    QemuThreads.pin(qemu.pid(), qemu.qmp(), settings.pins(), settings.timeoutNs());
    return qemu;
  }

  /** One that something else started. */
  public static Machine attached(
      VmSettings settings,
      MachineWatch watch,
      GuestEvents events,
      AttachedQemu process,
      Path qmpSocket) {
    return new Machine(watch, events, pinned(settings, process), qmpSocket, process.netdevs());
  }

  /** What this QEMU calls the host side of an interface. */
  public String netdev(VmNic nic) {
    return netdevs.getOrDefault(nic.id(), nic.netdev());
  }

  /** The guest in this QEMU began to run then, by {@link System#nanoTime}. */
  public void runs(long nowNs) {
    runningSinceNs = nowNs;
  }

  public long runningSinceNs() {
    return runningSinceNs;
  }

  public QmpClient qmp() {
    return process.qmp();
  }

  /** Of the monitor for the requests of a pause; an attached QEMU may have none. */
  public Path saveSocket() {
    return VmPlace.saveSocket(qmpSocket);
  }

  public GuestEvents events() {
    return events;
  }

  public MachineWatch watch() {
    return watch;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public String lastWords() {
    return process.lastWords();
  }

  /** Waits until its process has ended; false where the time was not enough. */
  public boolean awaitEnd(long timeoutNs) {
    return process.awaitEnd(timeoutNs);
  }

  /** Lets the guest run over a connection of its own, where the first one is of no use any more. */
  public boolean letRunAnew() {
    if (qmp().isOpen()) {
      return false;
    }
    try (QmpClient fresh = QmpClient.connect(qmpSocket, event -> {}, RUN_ANEW_NS)) {
      fresh.execute(new QmpRequests.Cont(), RUN_ANEW_NS);
      return true;
    } catch (IOException | QmpException e) {
      LOG.debug("the guest does not run on: {}", e.getMessage());
      return false;
    }
  }

  /** Whether something else started it. */
  public boolean isForeign() {
    return process instanceof AttachedQemu;
  }

  /** Ends the connection. */
  public void release() {
    process.qmp().close();
  }

  /** Ends QEMU at once. */
  @Override
  public void close() {
    process.kill();
  }
}
