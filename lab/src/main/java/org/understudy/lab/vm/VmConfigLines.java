package org.understudy.lab.vm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.understudy.host.schedule.Processors;

/** What both nodes' configuration files say about the guest. */
final class VmConfigLines {
  /** The machine type has its version: both nodes must build the same machine. */
  private static final String MACHINE = "pc-i440fx-7.2";

  /** The guest's only disk, a raw file in each node's own directory. */
  static final String DISK_FILE = "disk.raw";

  private static final String CONSOLE_FILE = "console.log";

  private VmConfigLines() {}

  /**
   * The lines.
   *
   * @param directory of the run: what is the same on both nodes lies there
   */
  static List<String> of(VmDemoOptions options, GuestImage image, Path directory) {
    return of(options, options.hasDisk() ? List.of("us.disk=1") : List.of(), image, directory);
  }

  /**
   * The same with other orders to the guest.
   *
   * @param more orders beside those about its network
   */
  static List<String> of(
      VmDemoOptions options, List<String> more, GuestImage image, Path directory) {
    List<String> orders = new ArrayList<>(List.of(VmLayout.guestNetwork()));
    orders.addAll(more);
    Map<String, String> vm = new TreeMap<>();
    vm.put("kernel", quoted(image.kernel().toAbsolutePath().toString()));
    vm.put("initrd", quoted(image.initrd().toAbsolutePath().toString()));
    vm.put("append", quoted(image.append(orders)));
    vm.put("machine", MACHINE);
    vm.put("accelerator", options.accelerator());
    vm.put("cpus", "1");
    // The guest's kernel has the driver, and each pause is shorter.
    vm.put("legacyDisks", "true");
    vm.put("legacyNics", "true");
    vm.put("pins", pins(Processors.of(0)));
    // One file for both nodes: they must build the same machine, down to its arguments.
    String console = "file,id=console,append=on,path=" + directory.resolve(CONSOLE_FILE);
    vm.put("extra", "[\"-chardev\", " + quoted(console) + ", \"-serial\", \"chardev:console\"]");
    vm.put(
        "nics",
        "[{ id = n0, mac = \"" + VmLayout.GUEST_MAC + "\", bridge = " + VmLayout.BRIDGE + " }]");
    vm.put(
        "disks",
        options.hasDisk() ? "[{ id = d0, file = ${node.directory}\"/" + DISK_FILE + "\" }]" : "[]");
    List<String> lines = new ArrayList<>(List.of("guest.type = vm"));
    vm.forEach((key, value) -> lines.add("vm." + key + " = " + value));
    if (options.verify()) {
      lines.add("verify { everyEpochs = 50, samples = " + 2 * VmRules.VERIFIED_EPOCHS + " }");
    }
    lines.addAll(options.settings());
    return lines;
  }

  /** A processor of its own for the guest, where there is more than one. */
  private static String pins(BitSet host) {
    return host.cardinality() > 1 ? "[" + (host.length() - 1) + "]" : "[]";
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
