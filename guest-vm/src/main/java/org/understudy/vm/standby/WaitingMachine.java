package org.understudy.vm.standby;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.host.schedule.HeadStart;
import org.understudy.host.schedule.Processors;
import org.understudy.vm.device.DeviceCapture;
import org.understudy.vm.device.StateLoader;
import org.understudy.vm.machine.Machine;
import org.understudy.vm.machine.VmSettings;
import org.understudy.vm.net.FrameInjector;
import org.understudy.vm.qemu.QemuCommandLine;

/** A QEMU that waits for device state, on the memory of an image. */
public final class WaitingMachine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.vm");

  private final VmSettings settings;
  private final int number;
  private final Machine machine;
  private final StateLoader loader;
  private final DeviceCapture devices;
  private final FrameInjector injector;

  private WaitingMachine(
      VmSettings settings,
      int number,
      Machine machine,
      StateLoader loader,
      DeviceCapture devices,
      FrameInjector injector) {
    this.settings = settings;
    this.number = number;
    this.machine = machine;
    this.loader = loader;
    this.devices = devices;
    this.injector = injector;
  }

  static WaitingMachine start(
      VmSettings settings, MappedGuestMemory memory, int number, Map<String, Path> diskSockets) {
    Path qmp = settings.socket("wait" + number + ".qmp");
    Machine machine =
        Machine.start(
            settings,
            memory.path(),
            QemuCommandLine.waiting(
                settings.config(), settings.place(memory.path(), qmp, number, diskSockets)),
            qmp);
    try {
      StateLoader loader =
          new StateLoader(
              machine.qmp(),
              machine.events(),
              settings.socket("wait" + number + ".state"),
              settings.timeoutNs());
      DeviceCapture devices =
          new DeviceCapture(
              machine.qmp(),
              machine.events(),
              machine.saveSocket(),
              settings.socket("wait" + number + ".capture"),
              settings.timeoutNs());
      FrameInjector injector =
          FrameInjector.open(
              machine.qmp(), settings.config().nics(), settings.directory(), settings.timeoutNs());
      LOG.info("a QEMU waits for a takeover (process {})", machine.pid());
      return new WaitingMachine(settings, number, machine, loader, devices, injector);
    } catch (RuntimeException e) {
      machine.close();
      throw e;
    }
  }

  /** One that has loaded a state, and stands still. */
  public static WaitingMachine load(
      VmSettings settings,
      MappedGuestMemory memory,
      Map<String, Path> diskSockets,
      ByteBuffer state) {
    WaitingMachine machine = start(settings, memory, 0, diskSockets);
    try {
      machine.loader.load(state, settings.timeoutNs());
      return machine;
    } catch (RuntimeException e) {
      machine.close();
      throw e;
    }
  }

  public Machine machine() {
    return machine;
  }

  StateLoader loader() {
    return loader;
  }

  /** For when the guest runs here: a machine that has begun to run answers late. */
  public DeviceCapture devices() {
    return devices;
  }

  /** Gives frames to the guest once it runs. */
  public FrameInjector injector() {
    return injector;
  }

  /** The claim is won: its interfaces may be seen. */
  public void connectTaps() {
    settings.connectTaps(number);
  }

  /** A takeover begins: nobody else wants the guest's processors until it runs. */
  void beginTakeover() {
    Processors.join(Processors.listed(settings.pins()));
  }

  /** Lets the guest run: the point of no return of a takeover. */
  public void run() {
    Processors.leave(Processors.listed(settings.pins()));
    HeadStart.give(machine.pid());
    loader.run(settings.timeoutNs());
    machine.runs(System.nanoTime());
  }

  public boolean isAlive() {
    return machine.isAlive();
  }

  @Override
  public void close() {
    machine.close();
    devices.close();
  }
}
