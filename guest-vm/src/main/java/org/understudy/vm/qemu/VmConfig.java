package org.understudy.vm.qemu;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.understudy.vm.qemu.extra.ExtraArguments;

/**
 * A guest as both nodes see it: device state of one loads only into a QEMU of the same config.
 *
 * @param name of the guest
 * @param program QEMU's program
 * @param machineType with its version, such as {@code pc-i440fx-7.2}
 * @param accelerator what executes it
 * @param cpuModel QEMU's name of it, empty for the default of the machine
 * @param cpus processors
 * @param memoryBytes RAM
 * @param legacyDisks whether disks speak the older virtio alone: the state of 1,024 queues of each,
 *     46 KB, is left out
 * @param legacyNics whether interfaces are virtio devices of the older kind alone
 * @param disks in the order of the guest's bus
 * @param nics in the order of the guest's bus
 * @param boot what it boots
 * @param extraArguments added to the command line, as far as they can be protected
 */
public record VmConfig(
    String name,
    String program,
    String machineType,
    Accelerator accelerator,
    String cpuModel,
    int cpus,
    long memoryBytes,
    boolean legacyDisks,
    boolean legacyNics,
    List<VmDisk> disks,
    List<VmNic> nics,
    VmBoot boot,
    List<String> extraArguments) {
  /** Largest number of processors of the machine types in question. */
  public static final int MAX_CPUS = 255;

  private static final int MIB = 1 << 20;

  /** Checks each setting and copies the lists. */
  public VmConfig {
    checkId(name);
    disks = List.copyOf(disks);
    nics = List.copyOf(nics);
    extraArguments = List.copyOf(extraArguments);
    if (!machineType.matches("[A-Za-z0-9._-]+-[0-9]+\\.[0-9]+(\\.[0-9]+)?")) {
      throw new IllegalArgumentException(
          "vm.machine: the type '"
              + machineType
              + "' has no version: the device state would not load into another QEMU's idea of it;"
              + " for example pc-i440fx-7.2");
    }
    if (cpus < 1 || cpus > MAX_CPUS) {
      throw new IllegalArgumentException("vm.cpus = " + cpus + " must be 1 to " + MAX_CPUS);
    }
    if (memoryBytes < MIB || memoryBytes % MIB != 0) {
      throw new IllegalArgumentException(
          "guest.memory = " + memoryBytes + " bytes must be whole MiB");
    }
    checkUnique(disks, nics);
    ExtraArguments.of(extraArguments);
  }

  /** Starts a config with the defaults of everything else. */
  public static Builder named(String name) {
    return new Builder(name);
  }

  /** The same guest with the accelerator that the probe found. */
  public VmConfig with(Accelerator found) {
    return new VmConfig(
        name,
        program,
        machineType,
        found,
        cpuModel,
        cpus,
        memoryBytes,
        legacyDisks,
        legacyNics,
        disks,
        nics,
        boot,
        extraArguments);
  }

  static void checkId(String id) {
    if (!id.matches("[A-Za-z][A-Za-z0-9_-]{0,31}")) {
      throw new IllegalArgumentException(
          "vm.disks, vm.nics: an id is a letter and up to 31 letters, digits, dashes and underscores, not '"
              + id
              + "'");
    }
  }

  private static void checkUnique(List<VmDisk> disks, List<VmNic> nics) {
    Set<String> seen = new HashSet<>();
    List<String> ids = new ArrayList<>();
    disks.forEach(disk -> ids.add(disk.id()));
    nics.forEach(nic -> ids.add(nic.id()));
    for (String id : ids) {
      if (!seen.add(id)) {
        throw new IllegalArgumentException(
            "vm.disks, vm.nics: two devices are named '" + id + "', each needs a name of its own");
      }
    }
  }

  /** What is added to the command line, taken apart. */
  ExtraArguments extra() {
    return ExtraArguments.of(extraArguments);
  }

  /** What the machine has of {@link #extraArguments}; host sides may differ. */
  public List<String> extraOfMachine() {
    return extra().machineWords();
  }

  /** Sets a config together. */
  public static final class Builder {
    private final String name;
    private String program = "qemu-system-x86_64";
    private String machineType = "pc-i440fx-7.2";
    private Accelerator accelerator = Accelerator.AUTO;
    private String cpuModel = "";
    private int cpus = 1;
    private long memoryBytes = 512L * MIB;
    private boolean legacyDisks;
    private boolean legacyNics;
    private final List<VmDisk> disks = new ArrayList<>();
    private final List<VmNic> nics = new ArrayList<>();
    private VmBoot boot = VmBoot.disk();
    private List<String> extraArguments = List.of();

    private Builder(String name) {
      this.name = name;
    }

    /** QEMU's program, a path or a name. */
    public Builder program(String value) {
      program = value;
      return this;
    }

    /** Machine type with its version. */
    public Builder machineType(String value) {
      machineType = value;
      return this;
    }

    /** What executes the guest. */
    public Builder accelerator(Accelerator value) {
      accelerator = value;
      return this;
    }

    /** QEMU's name of the processor. */
    public Builder cpuModel(String value) {
      cpuModel = value;
      return this;
    }

    /** Processors. */
    public Builder cpus(int value) {
      cpus = value;
      return this;
    }

    /** RAM. */
    public Builder memoryBytes(long value) {
      memoryBytes = value;
      return this;
    }

    /** Whether disks speak the older virtio alone. */
    public Builder legacyDisks(boolean value) {
      legacyDisks = value;
      return this;
    }

    /** Whether interfaces speak the older virtio alone. */
    public Builder legacyNics(boolean value) {
      legacyNics = value;
      return this;
    }

    /** Adds a disk. */
    public Builder disk(String id, boolean readOnly) {
      disks.add(new VmDisk(id, readOnly));
      return this;
    }

    /** Adds a network interface. */
    public Builder nic(String id, String mac) {
      nics.add(new VmNic(id, mac));
      return this;
    }

    /** What the guest boots. */
    public Builder boot(VmBoot value) {
      boot = value;
      return this;
    }

    /** Added to the command line as they are. */
    public Builder extraArguments(String... values) {
      extraArguments = List.of(values);
      return this;
    }

    /** Checks and makes it. */
    public VmConfig build() {
      return new VmConfig(
          name,
          program,
          machineType,
          accelerator,
          cpuModel,
          cpus,
          memoryBytes,
          legacyDisks,
          legacyNics,
          disks,
          nics,
          boot,
          extraArguments);
    }
  }
}
