package org.understudy.node.config;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.understudy.vm.qemu.VmBoot;
import org.understudy.vm.qemu.VmConfig;

/** The machine that a config describes; all of its rules but those that need the host. */
public final class VmMachine {
  private VmMachine() {}

  /**
   * The machine, its accelerator still to be probed.
   *
   * @throws IllegalArgumentException naming the setting that is wrong
   */
  public static VmConfig of(NodeConfig.Guest guest, NodeConfig.Vm vm) {
    VmConfig.Builder machine =
        VmConfig.named("guest")
            .program(vm.program())
            .machineType(vm.machine())
            .cpuModel(vm.cpu())
            .cpus(vm.cpus())
            .memoryBytes(guest.memoryBytes())
            .boot(new VmBoot(file(vm.kernel()), file(vm.initrd()), vm.append()))
            .legacyDisks(vm.legacyDisks())
            .legacyNics(vm.legacyNics())
            .extraArguments(vm.extra().toArray(String[]::new));
    vm.disks().forEach(disk -> machine.disk(disk.id(), false));
    vm.nics().forEach(nic -> machine.nic(nic.id(), nic.mac()));
    return machine.build();
  }

  private static Optional<Path> file(String name) {
    return name.isEmpty()
        ? Optional.empty()
        : Optional.of(Path.of(name).toAbsolutePath().normalize());
  }

  /** Refuses a machine that could not be built; nothing for other guests. */
  static void check(NodeConfig.Guest guest, NodeConfig.Vm vm) {
    if (!guest.isVm()) {
      return;
    }
    try {
      of(guest, vm);
    } catch (IllegalArgumentException e) {
      throw new ConfigError(e.getMessage());
    }
    Set<Path> files = new HashSet<>();
    for (NodeConfig.Vm.Disk disk : vm.disks()) {
      if (!files.add(disk.file())) {
        throw new ConfigError("vm.disks names " + disk.file() + " twice: each disk has its own");
      }
    }
  }
}
