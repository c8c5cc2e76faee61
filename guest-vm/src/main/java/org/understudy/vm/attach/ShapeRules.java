package org.understudy.vm.attach;

import java.util.ArrayList;
import java.util.List;
import org.understudy.vm.qemu.QemuCommandLine;

/** Compares a machine with the one that the config makes: a backup has only the config. */
final class ShapeRules {
  private final MachineShape shape;
  private final AttachWants wants;
  private final List<Refusal> refusals;

  ShapeRules(MachineShape shape, AttachWants wants, List<Refusal> refusals) {
    this.shape = shape;
    this.wants = wants;
    this.refusals = refusals;
  }

  void judge() {
    MachineShape wanted = wants.shape();
    same("the machine type", shape.machineType(), wanted.machineType(), "vm.machine");
    same("the accelerator", shape.accelerator(), wanted.accelerator(), "vm.accelerator");
    same("the count of processors", shape.filledCpus(), wanted.filledCpus(), "vm.cpus");
    if (shape.filledCpus() == wanted.filledCpus()) {
      same(
          "the processors' topology",
          shape.cpus(),
          wanted.cpus(),
          "vm.cpus: one socket; an emulated machine with one processor has room for another, -smp"
              + " 1,maxcpus=2");
    }
    same("the processors' features", shape.cpuFeatures(), wanted.cpuFeatures(), "vm.cpu");
    for (Object device : without(shape.devices(), wanted.devices())) {
      refuse(
          "a device",
          device,
          "the config has none such: compare vm.disks, nics, legacyDisks, legacyNics and extra");
    }
    for (Object device : without(wanted.devices(), shape.devices())) {
      refuse("a device of the config", device + ", not in the machine", "add it, at that place");
    }
    for (Object type : without(shape.onboard(), wanted.onboard())) {
      refuse(
          "a device",
          type,
          "the config has none such: start the machine with -nodefaults, compare vm.cpu and extra");
    }
    for (Object type : without(wanted.onboard(), shape.onboard())) {
      refuse("a device of the config", type + ", not in the machine", "compare vm.extra");
    }
    blocks();
  }

  /** RAM has rules of its own. */
  private void blocks() {
    String ram = "(.*/)?" + QemuCommandLine.RAM_BLOCK.replace(".", "\\.");
    List<MachineShape.Block> ours =
        shape.blocks().stream()
            .filter(block -> !block.name().matches(ram))
            .filter(block -> !block.name().startsWith("/objects/"))
            .toList();
    List<MachineShape.Block> wanted =
        wants.shape().blocks().stream().filter(block -> !block.name().matches(ram)).toList();
    for (Object block : without(ours, wanted)) {
      refuse(
          "a memory block",
          block,
          "the config's machine has none such: compare vm.kernel, romfile= of interfaces, extra");
    }
    for (Object block : without(wanted, ours)) {
      refuse(
          "a memory block of the config",
          block + ", not in the machine",
          "compare vm.kernel, romfile= of interfaces, extra");
    }
  }

  private void same(String property, Object is, Object wanted, String key) {
    if (!is.equals(wanted)) {
      refuse(property, is, "the config makes it " + wanted + " (" + key + ")");
    }
  }

  private void refuse(String property, Object value, String remedy) {
    refusals.add(new Refusal(property, value.toString(), remedy));
  }

  private static List<Object> without(List<?> all, List<?> others) {
    List<Object> left = new ArrayList<>(all);
    others.forEach(left::remove);
    return left;
  }
}
