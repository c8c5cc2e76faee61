package org.understudy.vm.attach;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A machine as far as device state depends on it: two QEMUs of the same shape can load each other's
 * state.
 *
 * @param machineType with its version
 * @param accelerator {@code kvm} or {@code tcg}
 * @param cpus places of processors in sockets and cores, those that are empty too
 * @param cpuFeatures what the processors offer to the guest, in short
 * @param devices those of the command line
 * @param onboard types of those that the machine has by itself, sorted
 * @param blocks RAM and ROMs
 */
public record MachineShape(
    String machineType,
    String accelerator,
    List<String> cpus,
    String cpuFeatures,
    List<Device> devices,
    List<String> onboard,
    List<Block> blocks) {
  /** Ends the place of a processor that is not there. */
  static final String EMPTY = ", empty";

  /** Copies the lists. */
  public MachineShape {
    cpus = List.copyOf(cpus);
    devices = List.copyOf(devices);
    onboard = List.copyOf(onboard);
    blocks = List.copyOf(blocks);
  }

  /**
   * A device.
   *
   * @param type QEMU's name of the model
   * @param place bus and address; empty where it has none
   * @param what disk or address of an interface; empty for other devices
   */
  public record Device(String type, String place, String what) {
    @Override
    public String toString() {
      return type
          + (place.isEmpty() ? "" : " at " + place)
          + (what.isEmpty() ? "" : " (" + what + ")");
    }
  }

  /**
   * Memory that is part of the state.
   *
   * @param name by which the state knows it
   * @param bytes at most
   */
  public record Block(String name, long bytes) {
    @Override
    public String toString() {
      return name + " of " + bytes + " bytes";
    }
  }

  /** Processors, without places for more. */
  long filledCpus() {
    return cpus.stream().filter(place -> !place.endsWith(EMPTY)).count();
  }

  /** Types of all devices. */
  List<String> types() {
    List<String> types = devices.stream().map(Device::type).collect(Collectors.toList());
    types.addAll(onboard);
    return types;
  }
}
