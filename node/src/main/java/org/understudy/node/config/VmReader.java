package org.understudy.node.config;

import java.util.List;
import java.util.Map;

/** Reads the group of the virtual machine. */
final class VmReader {
  private VmReader() {}

  static NodeConfig.Vm read(SettingReader in) {
    return new NodeConfig.Vm(
        in.text("vm.program"),
        in.text("vm.machine"),
        in.choice("vm.accelerator", NodeConfig.VmAccelerator.class),
        in.optional("vm.cpu"),
        in.count("vm.cpus"),
        in.optionalPath("vm.kernel"),
        in.optionalPath("vm.initrd"),
        in.optional("vm.append"),
        in.flag("vm.legacyDisks"),
        in.flag("vm.legacyNics"),
        in.groups("vm.disks", List.of("id", "file"), List.of("size")).stream()
            .map(group -> disk(in, group))
            .toList(),
        in.groups("vm.nics", List.of("id", "mac", "bridge"), List.of()).stream()
            .map(VmReader::nic)
            .toList(),
        in.texts("vm.extra"),
        in.counts("vm.pins"),
        in.optionalPath("vm.attach"));
  }

  private static NodeConfig.Vm.Disk disk(SettingReader in, Map<String, String> group) {
    return new NodeConfig.Vm.Disk(
        group.get("id"),
        in.path("vm.disks", group.get("file")),
        group.containsKey("size") ? SettingReader.sizeOf("vm.disks size", group.get("size")) : 0);
  }

  private static NodeConfig.Vm.Nic nic(Map<String, String> group) {
    return new NodeConfig.Vm.Nic(group.get("id"), group.get("mac"), group.get("bridge"));
  }
}
