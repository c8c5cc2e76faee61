package org.understudy.vm.qemu.extra;

import java.util.List;
import java.util.Set;

/** Where a machine's lines and screens end on the host, which no guest can see. */
final class HostSides {
  private static final Set<String> SCREENS = Set.of("vnc", "spice", "display");
  private static final Set<String> LINES = Set.of("serial", "parallel", "debugcon");
  private static final Set<String> LOGS = Set.of("D", "d", "trace", "dfilter", "msg");

  private HostSides() {}

  /** The option without its host side; nothing where there is nothing else. */
  static List<ExtraOption> removed(ExtraOption option) {
    String name = option.name();
    if (SCREENS.contains(name) || LOGS.contains(name)) {
      return List.of();
    }
    if (name.equals("chardev")) {
      String id = QemuValue.of(option.value(), "backend").last("id");
      return List.of(new ExtraOption(name, "null,id=" + id.replace(",", ",,"), true));
    }
    boolean isOwnLine = LINES.contains(name) && !leadsToChardev(option.value());
    return List.of(isOwnLine ? new ExtraOption(name, "null", true) : option);
  }

  /** Like {@link #removed}, but a line that the guest has nowhere stays as it is. */
  static List<ExtraOption> hidden(ExtraOption option) {
    return option.value().equals("none") ? List.of(option) : removed(option);
  }

  private static boolean leadsToChardev(String value) {
    return value.startsWith("chardev:") || value.equals("none");
  }
}
