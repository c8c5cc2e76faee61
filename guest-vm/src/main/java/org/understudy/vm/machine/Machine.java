package org.understudy.vm.machine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.understudy.vm.attach.AttachedQemu;
import org.understudy.vm.capture.GuestEvents;
import org.understudy.vm.qemu.QemuProcess;
import org.understudy.vm.qemu.QemuThreads;
import org.understudy.vm.qemu.RunningQemu;
import org.understudy.vm.qemu.VmNic;
import org.understudy.vm.qemu.VmPlace;
import org.understudy.vm.qmp.QmpClient;

/** One QEMU: its process, its connection, what it tells. */
public final class Machine implements AutoCloseable {
  private final MachineWatch watch;
  private final GuestEvents events;
  private final RunningQemu process;
  private final Path saveSocket;
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
    saveSocket = VmPlace.saveSocket(qmpSocket);
    this.netdevs = netdevs;
  }

  /** Starts it; see {@link QemuProcess#start}. */
  public static Machine start(VmSettings settings, List<String> command, Path qmpSocket) {
    MachineWatch watch = new MachineWatch();
    GuestEvents events = new GuestEvents(watch);
    return new Machine(
        watch, events, startPinned(settings, command, qmpSocket, events), qmpSocket, Map.of());
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

  /** Its guest began to run then. */
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
    return saveSocket;
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

  /** Ends QEMU at once. */
  @Override
  public void close() {
    process.kill();
  }
}
