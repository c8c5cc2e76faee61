package org.understudy.vm.guest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.guest.GuestFactory;
import org.understudy.checkpoint.guest.Standby;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.KeptMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.vm.attach.AttachException;
import org.understudy.vm.attach.AttachedProcess;
import org.understudy.vm.device.DeviceCapture;
import org.understudy.vm.disk.DiskOwner;
import org.understudy.vm.disk.RunningDisks;
import org.understudy.vm.disk.primary.DiskLogSettings;
import org.understudy.vm.machine.Machine;
import org.understudy.vm.machine.OwnershipView;
import org.understudy.vm.machine.VmCounters;
import org.understudy.vm.machine.VmSettings;
import org.understudy.vm.qemu.QemuCommandLine;
import org.understudy.vm.qemu.QemuException;
import org.understudy.vm.qmp.QmpException;
import org.understudy.vm.qmp.QmpRequests;
import org.understudy.vm.running.VmGuest;
import org.understudy.vm.standby.CommittedState;
import org.understudy.vm.standby.StandbyNetwork;
import org.understudy.vm.standby.VmStandby;
import org.understudy.vm.standby.VmTakeover;
import org.understudy.vm.standby.WaitingMachine;

/** Virtual machines, running here or waiting here. */
public final class VmGuestFactory implements GuestFactory, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.vm");

  /** Of what a checkpoint of a machine carries beside its memory. */
  private static final int STATE_FORMAT_VERSION = 2;

  private final VmSettings settings;
  private final OwnershipView ownership;
  private final AttachPlan attach;
  private final boolean keepsMemory;
  private final VmCounters counters = new VmCounters();
  private VmStandby standby;
  private int images;

  /** For one node, whose memory goes with it; it makes one guest in its life. */
  public VmGuestFactory(VmSettings settings, OwnershipView ownership) {
    this(settings, ownership, null, false);
  }

  /**
   * For one node, of a machine that something else starts.
   *
   * @param attach how to come by it; null to start one
   * @param keepsMemory memory of the guest and of its images outlives this process
   */
  public VmGuestFactory(
      VmSettings settings, OwnershipView ownership, AttachPlan attach, boolean keepsMemory) {
    this.settings = settings;
    this.ownership = ownership;
    this.attach = attach;
    this.keepsMemory = keepsMemory;
    if (ownership.wasAlone()) {
      AttachedProcess.refuseLeftOver(settings.directory(), attach != null);
    } else {
      AttachedProcess.endLeftOver(settings.directory());
    }
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
      standby = new VmStandby(settings, ownership, counters);
    }
    return standby;
  }

  /** Zeroed memory for an image of the backup; a QEMU is started to wait on it. */
  public GuestMemory newImage(long registerId) {
    MappedGuestMemory image = newMemory(registerId, "-image" + ++images);
    reuse(image);
    return image;
  }

  /** Memory of a former process that an image can be made in; null where there is none. */
  public GuestMemory base(long registerId) {
    return keepsMemory ? KeptMemory.takeBase(settings.layout(), registerId, false) : null;
  }

  /** The next image is made in the memory of one before. */
  public void reuse(GuestMemory image) {
    ((VmStandby) standby()).waitOn((MappedGuestMemory) image);
  }

  @Override
  public Guest create() {
    return attach == null ? start() : attach();
  }

  private Guest attach() {
    KeptMemory.remove(ownership.registerId());
    RunningDisks disks = openDisks();
    Attachment.Attached attached = null;
    try {
      attached = new Attachment(settings, attach, disks.socket(), disks.sizesBytes()).await();
      return new VmGuest(
          attached.settings(),
          ownership,
          description(),
          attached.memory(),
          attached.machine(),
          devices(attached.machine()),
          disks,
          counters);
    } catch (RuntimeException | Error e) {
      CloseHelper.quietClose(disks);
      if (attached != null) {
        attached.letGo();
      }
      if (e instanceof AttachException || e instanceof Error) {
        throw e;
      }
      throw new AttachException("the machine was left as it is: " + e.getMessage(), e);
    }
  }

  private Guest start() {
    MappedGuestMemory memory = newMemory();
    RunningDisks disks = null;
    try {
      disks = openDisks();
      Machine machine = boot(memory, disks);
      return new VmGuest(
          settings, ownership, description(), memory, machine, devices(machine), disks, counters);
    } catch (RuntimeException e) {
      CloseHelper.quietClose(disks);
      memory.close();
      throw e;
    }
  }

  private DeviceCapture devices(Machine machine) {
    return new DeviceCapture(
        machine.qmp(),
        machine.events(),
        machine.saveSocket(),
        settings.socket("state"),
        settings.timeoutNs());
  }

  private RunningDisks openDisks() {
    DiskOwner owner =
        new DiskOwner(ownership.registerId(), ownership.generation(), ownership.writtenSince());
    try {
      return RunningDisks.open(
          settings.disks(), owner, settings.directory(), DiskLogSettings.DEFAULT);
    } catch (IOException e) {
      throw new QemuException(e.getMessage(), e);
    }
  }

  private Machine boot(MappedGuestMemory memory, RunningDisks disks) {
    var qmp = settings.socket("qmp");
    List<String> command =
        new ArrayList<>(
            QemuCommandLine.running(
                settings.config(), settings.place(memory.path(), qmp, 0, disks.sockets())));
    command.add("-S"); // whatever fails before it runs has had no effect
    Machine machine = Machine.start(settings, memory.path(), command, qmp);
    try {
      settings.connectTaps(0);
    } catch (RuntimeException e) {
      machine.close();
      throw e;
    }
    letRun(machine);
    return machine;
  }

  private void letRun(Machine machine) {
    try {
      machine.qmp().execute(new QmpRequests.Cont(), settings.timeoutNs());
      LOG.info(
          "the guest runs in QEMU {} by {} (process {})",
          settings.qemuVersion(),
          settings.config().accelerator().text(),
          machine.pid());
    } catch (QmpException e) {
      // It may have run, so this is no failed start any more: it is the death of a guest.
      LOG.error("QEMU does not say whether the guest runs: it is killed", e);
      ProcessHandle.of(machine.pid()).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Override
  public Guest restore(
      GuestMemory memory,
      DirectBuffer deviceState,
      int deviceStateLength,
      long inputPosition,
      long stampNs) {
    MappedGuestMemory image = (MappedGuestMemory) memory;
    VmTakeover takeover = standby.takeover();
    takeover.run(image);
    WaitingMachine loaded = takeover.machine();
    giveInputs(standby.network(), loaded);
    VmGuest guest =
        new VmGuest(
            settings,
            ownership,
            description(),
            image,
            loaded.machine(),
            loaded.devices(),
            takeover.disks(),
            counters);
    LOG.info("the guest runs here after {}", takeover);
    return guest;
  }

  /** Memory for {@link #restoreSaved}, zero. */
  public MappedGuestMemory newMemory() {
    return newMemory(ownership.registerId(), "-ram");
  }

  private MappedGuestMemory newMemory(long registerId, String name) {
    KeptMemory.remove(registerId); // of the guest's life before, or held when this node began
    return keepsMemory
        ? KeptMemory.createSparse(settings.layout(), registerId)
        : MappedGuestMemory.sharedFile(settings.layout(), settings.owner() + name);
  }

  @Override
  public Guest restoreSaved(
      GuestMemory memory,
      DirectBuffer deviceState,
      int deviceStateLength,
      long inputPosition,
      long stampNs) {
    MappedGuestMemory saved = (MappedGuestMemory) memory;
    CommittedState state = new CommittedState();
    state.receive(deviceState, deviceStateLength);
    state.commit();
    RunningDisks disks = openDisks();
    WaitingMachine loaded = null;
    try {
      loaded = WaitingMachine.load(settings, saved, disks.sockets(), state.committed());
      loaded.connectTaps();
      VmGuest guest =
          new VmGuest(
              settings,
              ownership,
              description(),
              saved,
              loaded.machine(),
              loaded.devices(),
              disks,
              counters);
      guest.runs(loaded::run);
      return guest;
    } catch (RuntimeException | Error e) {
      CloseHelper.quietCloseAll(loaded, disks);
      throw e;
    }
  }

  /** The guest runs: whatever becomes of these frames, it is not for them that it ends. */
  private static void giveInputs(StandbyNetwork network, WaitingMachine loaded) {
    try {
      network.replay(loaded.injector());
      network.linger(loaded.injector());
    } catch (RuntimeException e) {
      LOG.warn("frames that came during the takeover may be lost: {}", e.getMessage());
    }
  }

  @Override
  public synchronized void close() {
    if (standby != null) {
      standby.close();
    }
  }
}
