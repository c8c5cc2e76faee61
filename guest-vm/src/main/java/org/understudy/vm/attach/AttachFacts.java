package org.understudy.vm.attach;

import java.nio.file.Path;
import java.util.List;

/**
 * What was observed of a running QEMU; nothing in it is judged.
 *
 * @param qemuVersion such as {@code 7.2.22}
 * @param runState QEMU's word, such as {@code running}
 * @param shape what a backup would have to build
 * @param process on this host
 * @param ram of the guest
 * @param netdevs host sides of its interfaces
 * @param disks nodes of its block layer
 * @param objects of the command line or added since
 * @param migration what was done with it before
 */
public record AttachFacts(
    String qemuVersion,
    String runState,
    MachineShape shape,
    HostProcess process,
    Ram ram,
    List<Netdev> netdevs,
    List<DiskNode> disks,
    List<QemuObject> objects,
    Migration migration) {
  /** Copies the lists. */
  public AttachFacts {
    netdevs = List.copyOf(netdevs);
    disks = List.copyOf(disks);
    objects = List.copyOf(objects);
  }

  /** These facts, with what kept a trial from tracking the memory. */
  public AttachFacts withTrackingFailure(String failure) {
    HostProcess tried =
        new HostProcess(
            process.pid(), process.user(), process.ownUser(), process.devices(), failure);
    return new AttachFacts(
        qemuVersion, runState, shape, tried, ram, netdevs, disks, objects, migration);
  }

  /**
   * The process.
   *
   * @param pid its number; 0 where it could not be found out
   * @param user number of its user
   * @param ownUser number of this process's user
   * @param devices open files below {@code /dev} that lead into the kernel's own devices
   * @param trackingFailure why its memory cannot be tracked from outside; empty if it can, or if
   *     that was not tried
   */
  public record HostProcess(
      long pid, long user, long ownUser, List<String> devices, String trackingFailure) {}

  /**
   * The guest's RAM.
   *
   * @param backends objects that provide it
   * @param bytes that the guest started with
   * @param memoryDevices what was plugged beside them
   * @param mapping where QEMU has it; null where no single mapping of that size was found
   */
  public record Ram(
      List<Backend> backends, long bytes, List<String> memoryDevices, Mapping mapping) {}

  /**
   * An object that provides memory.
   *
   * @param id its name
   * @param bytes its size
   * @param isShared whether others can map the same
   */
  public record Backend(String id, long bytes, boolean isShared) {}

  /**
   * Memory as the process has it mapped.
   *
   * @param name of the file, as that process sees it
   * @param fileSystem where the file is: {@code memfd}, {@code tmpfs}, ...
   * @param pageBytes size of the kernel's pages
   * @param descriptor of it in {@code /proc}; null where the process has none open
   */
  public record Mapping(String name, String fileSystem, long pageBytes, Path descriptor) {}

  /**
   * A host side of an interface.
   *
   * @param id its name
   * @param type such as {@code tap} or {@code user}
   * @param queues how many it has
   * @param mac address of the interface on the guest's side; empty where there is none
   */
  public record Netdev(String id, String type, int queues, String mac) {}

  /**
   * A node of the block layer.
   *
   * @param name its name
   * @param driver such as {@code nbd}, {@code raw}, {@code file}
   * @param file what it leads to, as QEMU writes it
   * @param isReadOnly whether the guest cannot write it
   * @param isDirect whether the kernel moves its data past QEMU
   */
  public record DiskNode(
      String name, String driver, String file, boolean isReadOnly, boolean isDirect) {}

  /**
   * An object.
   *
   * @param id its name
   * @param type such as {@code filter-mirror}
   */
  public record QemuObject(String id, String type) {}

  /**
   * What concerns migration, by which state is captured.
   *
   * @param status QEMU's word for the last one; empty where there was none
   * @param blockers reasons of devices that forbid it
   * @param capabilities those that are on
   */
  public record Migration(String status, List<String> blockers, List<String> capabilities) {}
}
