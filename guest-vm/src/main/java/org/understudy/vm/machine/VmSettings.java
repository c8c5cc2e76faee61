package org.understudy.vm.machine;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.vm.disk.DiskPlace;
import org.understudy.vm.net.NetDevices;
import org.understudy.vm.qemu.QemuCommandLine;
import org.understudy.vm.qemu.VmConfig;
import org.understudy.vm.qemu.VmNic;
import org.understudy.vm.qemu.VmPlace;

/**
 * What one node needs to know of its guest.
 *
 * @param config the machine, its accelerator found
 * @param qemuVersion QEMU's version: device state loads into the same one only
 * @param directory for sockets; exists
 * @param owner part of the names of memory files and taps, unique on this host
 * @param bridges of this node, by interface; which are joined once the guest runs here
 * @param disks files of this node, in the order of the config's disks
 * @param tracker which trackers may be used
 * @param stagingPages pages that are copied in a pause; the rest prolongs it
 * @param pins the host's processors for the guest's, one each in their order; empty to leave it to
 *     the scheduler
 * @param timeoutNs how long QEMU may take for one step
 * @param pauseTimeoutNs how long for a step of a pause: one that takes longer is stuck
 */
public record VmSettings(
    VmConfig config,
    String qemuVersion,
    Path directory,
    String owner,
    Map<String, String> bridges,
    List<DiskPlace> disks,
    TrackerChoice tracker,
    int stagingPages,
    List<Integer> pins,
    long timeoutNs,
    long pauseTimeoutNs) {
  private static final int MAX_RADIX = Character.MAX_RADIX;
  private static final int MAX_TAPS = 1000;

  /** Longest path of a unix-domain socket. */
  private static final int MAX_SOCKET_PATH_BYTES = 107;

  private static final int LONGEST_SOCKET_NAME_BYTES = 24;

  /** Refuses what cannot work later. */
  public VmSettings {
    int bytes = directory.toString().getBytes(StandardCharsets.UTF_8).length;
    if (bytes + 1 + LONGEST_SOCKET_NAME_BYTES > MAX_SOCKET_PATH_BYTES) {
      throw new IllegalArgumentException(
          "the directory "
              + directory
              + " is too long for sockets: at most "
              + (MAX_SOCKET_PATH_BYTES - 1 - LONGEST_SOCKET_NAME_BYTES)
              + " bytes, not "
              + bytes);
    }
  }

  /** The guest's RAM as one region. */
  public RegionLayout layout() {
    return RegionLayout.of(QemuCommandLine.RAM_BLOCK, config.memoryBytes());
  }

  public Path socket(String name) {
    return directory.resolve(name);
  }

  /**
   * @param number of the QEMU, unique in this process
   */
  public VmPlace place(Path memoryFile, Path qmpSocket, int number, Map<String, Path> diskSockets) {
    Map<String, String> taps = new HashMap<>();
    config.nics().forEach(nic -> taps.put(nic.id(), tap(nic, number)));
    return new VmPlace(memoryFile, qmpSocket, diskSockets, taps);
  }

  /**
   * At most 15 characters, unique on this host. The kernel removes it with the QEMU that has it.
   */
  private String tap(VmNic nic, int number) {
    return "us"
        + Long.toString(ProcessHandle.current().pid(), MAX_RADIX)
        + "-"
        + number % MAX_TAPS
        + "-"
        + config.nics().indexOf(nic);
  }

  /** The node's own tap beside an interface's. */
  public String sideTap(VmNic nic) {
    return "us"
        + Long.toString(ProcessHandle.current().pid(), MAX_RADIX)
        + "-s-"
        + config.nics().indexOf(nic);
  }

  /** Lets a QEMU's interfaces be seen on this node's bridges. */
  public void connectTaps(int number) {
    for (VmNic nic : config.nics()) {
      NetDevices.keepFromNamingBridge(tap(nic, number));
      NetDevices.joinBridge(bridges.get(nic.id()), tap(nic, number));
      NetDevices.up(tap(nic, number));
    }
  }

  /**
   * What two nodes must agree on for one's device state to load on the other, in words that an
   * operator can compare.
   */
  public String identity() {
    String summary =
        "vm %s %s %s cpus=%d"
            .formatted(
                config.machineType(), qemuVersion, config.accelerator().text(), config.cpus());
    CRC32C crc = new CRC32C();
    crc.update(devices().getBytes(StandardCharsets.UTF_8));
    return "%s devices=%08x%s".formatted(summary, crc.getValue(), sizes());
  }

  private String sizes() {
    StringBuilder text = new StringBuilder();
    for (DiskPlace disk : disks) {
      text.append(' ').append(disk.id()).append('=').append(disk.presentBytes());
    }
    return text.toString();
  }

  /** What the number of the devices in {@link #identity} stands for. */
  public String devices() {
    StringBuilder text = new StringBuilder("cpu=").append(config.cpuModel());
    text.append(config.legacyDisks() ? " legacy disks" : "");
    text.append(config.legacyNics() ? " legacy nics" : "");
    config.disks().forEach(disk -> text.append(" disk=").append(disk.id()));
    config
        .nics()
        .forEach(nic -> text.append(" nic=").append(nic.id()).append('@').append(nic.mac()));
    config.extraOfMachine().forEach(argument -> text.append(' ').append(argument));
    return text.toString();
  }
}
