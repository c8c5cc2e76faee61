package org.understudy.vm.guest;

import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.guest.GuestFactory;
import org.understudy.checkpoint.guest.Standby;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.vm.qemu.QemuCommandLine;

/** Virtual machines, running here or waiting here. */
public final class VmGuestFactory implements GuestFactory, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.vm");

  /** Of what a checkpoint of a machine carries beside its memory. */
  private static final int STATE_FORMAT_VERSION = 1;

  private final VmSettings settings;
  private final VmCounters counters = new VmCounters();
  private VmStandby standby;

  /** For one node; it makes one guest in its life. */
  public VmGuestFactory(VmSettings settings) {
    this.settings = settings;
  }

  @Override
  public GuestDescription description() {
    return new GuestDescription(
        settings.identity(), STATE_FORMAT_VERSION, settings.layout(), false, false);
  }

  /** What the captures cost. */
  public VmCounters counters() {
    return counters;
  }

  @Override
  public synchronized Standby standby() {
    if (standby == null) {
      standby = new VmStandby(settings);
    }
    return standby;
  }

  /** Zeroed memory for an image of the backup. */
  public GuestMemory newImage() {
    return ((VmStandby) standby()).newImage();
  }

  @Override
  public Guest create() {
    MappedGuestMemory memory =
        MappedGuestMemory.sharedFile(settings.layout(), settings.owner() + "-ram");
    try {
      return new VmGuest(settings, description(), memory, boot(memory), counters);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  private Machine boot(MappedGuestMemory memory) {
    var qmp = settings.socket("qmp");
    Machine machine =
        Machine.start(
            QemuCommandLine.running(settings.config(), settings.place(memory.path(), qmp, 0)),
            qmp,
            settings.timeoutNs());
    settings.connectTaps(0);
    LOG.info(
        "the guest runs in QEMU {} by {} (process {})",
        settings.qemuVersion(),
        settings.config().accelerator().text(),
        machine.pid());
    return machine;
  }

  @Override
  public Guest restore(
      GuestMemory memory,
      DirectBuffer deviceState,
      int deviceStateLength,
      long inputPosition,
      long stampNs) {
    MappedGuestMemory image = (MappedGuestMemory) memory;
    WaitingMachine loaded = standby.load(image);
    VmGuest guest = new VmGuest(settings, description(), image, loaded.machine(), counters);
    loaded.loader().run(settings.timeoutNs());
    return guest;
  }

  @Override
  public synchronized void close() {
    if (standby != null) {
      standby.close();
    }
  }
}
