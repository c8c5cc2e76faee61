package org.understudy.vm.guest;

import java.nio.file.Path;
import java.util.List;
import org.understudy.vm.capture.GuestEvents;
import org.understudy.vm.qemu.QemuProcess;
import org.understudy.vm.qmp.QmpClient;

/** One QEMU: its process, its connection, what it tells. */
final class Machine implements AutoCloseable {
  private final MachineWatch watch;
  private final GuestEvents events;
  private final QemuProcess process;

  private Machine(MachineWatch watch, GuestEvents events, QemuProcess process) {
    this.watch = watch;
    this.events = events;
    this.process = process;
  }

  /** Starts it; see {@link QemuProcess#start}. */
  static Machine start(List<String> command, Path qmpSocket, long timeoutNs) {
    MachineWatch watch = new MachineWatch();
    GuestEvents events = new GuestEvents(watch);
    return new Machine(watch, events, QemuProcess.start(command, qmpSocket, events, timeoutNs));
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
