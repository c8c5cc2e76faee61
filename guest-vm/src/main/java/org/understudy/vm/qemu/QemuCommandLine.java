package org.understudy.vm.qemu;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.understudy.vm.qemu.extra.ExtraArguments;

/** From a config and a place to QEMU's arguments: no file is touched, no process started. */
public final class QemuCommandLine {
  /**
   * Name of the RAM block in the device state. The same as that of a QEMU that was started without
   * a backend, so that either's state loads into the other.
   */
  public static final String RAM_BLOCK = "pc.ram";

  /** Seconds that a disk's requests wait for its NBD server to come back before they fail. */
  private static final int DISK_RECONNECT_SECONDS = 10;

  private enum Purpose {
    RUN,
    WAIT,
    TRIAL
  }

  private final VmConfig config;
  private final VmPlace place;
  private final Purpose purpose;
  private final List<String> arguments = new ArrayList<>();
  private long[] emptyDiskBytes;

  private QemuCommandLine(VmConfig config, VmPlace place, Purpose purpose) {
    if (config.accelerator() == Accelerator.AUTO) {
      throw new IllegalArgumentException("the accelerator is still to be probed");
    }
    this.config = config;
    this.place = place;
    this.purpose = purpose;
  }

  /** Of a guest that boots. */
  public static List<String> running(VmConfig config, VmPlace place) {
    return new QemuCommandLine(config, place, Purpose.RUN).build();
  }

  /**
   * Of a QEMU that waits for device state. After it has loaded it stays paused whatever the state
   * says: running it is a decision of its own.
   */
  public static List<String> waiting(VmConfig config, VmPlace place) {
    return new QemuCommandLine(config, place, Purpose.WAIT).build();
  }

  /**
   * Of a QEMU that only shows that device state loads: its memory is a private view of the file,
   * its disks are empty and its interfaces lead nowhere.
   *
   * @param diskSizesBytes in the order of the disks
   */
  public static List<String> trial(VmConfig config, VmPlace place, long[] diskSizesBytes) {
    QemuCommandLine line = new QemuCommandLine(config, place, Purpose.TRIAL);
    line.emptyDiskBytes = diskSizesBytes;
    return line.build();
  }

  private List<String> build() {
    add(config.program());
    add("-name", "guest=" + config.name() + ",debug-threads=on");
    // Neither the host's config files nor default devices: both nodes must build the same machine.
    add("-no-user-config", "-nodefaults", "-display", "none");
    // A guest that ends leaves its QEMU paused: the end is an epoch like others, to be committed.
    add("-action", "shutdown=pause,panic=pause");
    addMachine();
    addQmp();
    addBoot();
    config.disks().forEach(this::addDisk);
    config.nics().forEach(this::addNic);
    ExtraArguments extra = config.extra();
    arguments.addAll(purpose == Purpose.TRIAL ? extra.wordsOfTrial() : extra.words());
    if (purpose != Purpose.RUN) {
      add("-incoming", "defer");
      add("-S");
    }
    return arguments;
  }

  private void addMachine() {
    // The description of the device state would add 100 KB of JSON to each epoch.
    add("-machine", config.machineType() + ",memory-backend=" + RAM_BLOCK + ",suppress-vmdesc=on");
    add("-accel", config.accelerator().text());
    if (!config.cpuModel().isEmpty()) {
      add("-cpu", config.cpuModel());
    }
    add("-smp", processors());
    add("-m", "size=" + config.memoryBytes() + "B");
    add(
        "-object",
        "memory-backend-file,id="
            + RAM_BLOCK
            + ",size="
            + config.memoryBytes()
            + "B,mem-path="
            + value(place.memoryFile())
            + ",share="
            + (purpose == Purpose.TRIAL ? "off" : "on")
            + ",x-use-canonical-path-for-ramblock-id=off");
  }

  /**
   * Before QEMU 8 an emulated machine that can only ever have one processor gets neither memory
   * barriers nor locked instructions, though QEMU's devices run on another thread: now and then
   * they miss that the guest has put something into a queue, and it stands still for good.
   */
  private String processors() {
    boolean needsRoomForAnother = config.accelerator() == Accelerator.TCG && config.cpus() == 1;
    return needsRoomForAnother ? "1,maxcpus=2" : Integer.toString(config.cpus());
  }

  private void addQmp() {
    add("-chardev", "socket,id=qmp,path=" + value(place.qmpSocket()) + ",server=on,wait=off");
    add("-mon", "chardev=qmp,mode=control");
    add("-chardev", "socket,id=save,path=" + value(place.saveSocket()) + ",server=on,wait=off");
    add("-mon", "chardev=save,mode=control");
  }

  private void addBoot() {
    VmBoot boot = config.boot();
    boot.kernel().ifPresent(kernel -> add("-kernel", kernel.toString()));
    boot.initrd().ifPresent(initrd -> add("-initrd", initrd.toString()));
    if (!boot.append().isEmpty()) {
      add("-append", boot.append());
    }
  }

  private void addDisk(VmDisk disk) {
    String node = "disk-" + disk.id();
    add("-blockdev", purpose == Purpose.TRIAL ? emptyDisk(node, disk) : servedDisk(node, disk));
    add(
        "-device",
        "virtio-blk-pci,id="
            + disk.id()
            + ",drive="
            + node
            + kind(config.legacyDisks())
            + notification());
  }

  private String emptyDisk(String node, VmDisk disk) {
    long bytes = emptyDiskBytes[config.disks().indexOf(disk)];
    return "driver=null-co,read-zeroes=on,node-name="
        + node
        + ",size="
        + bytes
        + ",read-only="
        + (disk.readOnly() ? "on" : "off");
  }

  private String servedDisk(String node, VmDisk disk) {
    return "driver=nbd,node-name="
        + node
        + ",server.type=unix,server.path="
        + value(of(place.diskSockets(), disk.id(), "socket for disk"))
        + ",export="
        + disk.id()
        + ",reconnect-delay="
        + DISK_RECONNECT_SECONDS
        + ",discard=unmap,read-only="
        + (disk.readOnly() ? "on" : "off");
  }

  private void addNic(VmNic nic) {
    String netdev = nic.netdev();
    // vhost would write guest memory from the kernel, unseen by the dirty tracker.
    add(
        "-netdev",
        "tap,id="
            + netdev
            + ",ifname="
            + value(of(place.taps(), nic.id(), "tap for interface"))
            + ",script=no,downscript=no,vhost=off");
    // The boot ROM of an interface would ride in each epoch's device state.
    add(
        "-device",
        "virtio-net-pci,id="
            + nic.id()
            + ",netdev="
            + netdev
            + ",mac="
            + nic.mac()
            + ",romfile="
            + kind(config.legacyNics())
            + notification());
  }

  private static String kind(boolean isLegacy) {
    return isLegacy ? ",disable-legacy=off,disable-modern=on" : "";
  }

  /**
   * Event descriptors for the guest's notifications are set up and taken down in every pause. An
   * emulated processor calls the device as well without them; with KVM they spare a guest the way
   * through QEMU.
   */
  private String notification() {
    return config.accelerator() == Accelerator.TCG ? ",ioeventfd=off" : "";
  }

  private static <T> T of(Map<String, T> map, String id, String what) {
    T found = map.get(id);
    if (found == null) {
      throw new IllegalArgumentException("no " + what + " '" + id + "'");
    }
    return found;
  }

  /** QEMU reads a comma as the end of a value, and two as a comma. */
  private static String value(Object value) {
    return value.toString().replace(",", ",,");
  }

  private void add(String... more) {
    arguments.addAll(List.of(more));
  }
}
