package org.understudy.vm.guest;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.understudy.vm.attach.AttachedQemu;
import org.understudy.vm.capture.GuestEvents;
import org.understudy.vm.qemu.QemuProcess;
import org.understudy.vm.qemu.RunningQemu;
import org.understudy.vm.qemu.VmNic;
import org.understudy.vm.qmp.QmpClient;

/** One QEMU: its process, its connection, what it tells. */
final class Machine implements AutoCloseable {
  private final MachineWatch watch;
  private final GuestEvents events;
  private final RunningQemu process;
  private final Map<String, String> netdevs;

  private volatile long runningSinceNs = System.nanoTime();

  private Machine(
      MachineWatch watch, GuestEvents events, RunningQemu process, Map<String, String> netdevs) {
    this.watch = watch;
    this.events = events;
    this.process = process;
    this.netdevs = netdevs;
  }

  /** Starts it; see {@link QemuProcess#start}. */
  static Machine start(List<String> command, Path qmpSocket, long timeoutNs) {
    MachineWatch watch = new MachineWatch();
    GuestEvents events = new GuestEvents(watch);
    return new Machine(
        watch, events, QemuProcess.start(command, qmpSocket, events, timeoutNs), Map.of());
  }

  /** One that something else started. */
  static Machine attached(MachineWatch watch, GuestEvents events, AttachedQemu process) {
    return new Machine(watch, events, process, process.netdevs());
  }

  /** What this QEMU calls the host side of an interface. */
  String netdev(VmNic nic) {
    return netdevs.getOrDefault(nic.id(), nic.netdev());
  }

  /** Its guest began to run then. */
  void runs(long nowNs) {
    runningSinceNs = nowNs;
  }

  long runningSinceNs() {
    return runningSinceNs;
  }

  QmpClient qmp() {
    return process.qmp();
  }

  GuestEvents events() {
    return events;
  }

  MachineWatch watch() {
    return watch;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  String lastWords() {
    return process.lastWords();
  }

  /** Ends QEMU at once. */
  @Override
  public void close() {
    process.kill();
  }
}
