package org.understudy.vm.attach;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what QEMU tells only to people. */
final class MonitorText {
  private static final Pattern BLOCK =
      Pattern.compile("^\\s*(\\S+)\\s+\\d+ \\w+\\s+0x[0-9a-f]+\\s+0x[0-9a-f]+\\s+0x([0-9a-f]+)");
  private static final Pattern SIDE =
      Pattern.compile("^\\s*(\\\\ )?(\\S+): index=(\\d+),type=([\\w-]+),?(.*)$");
  private static final Pattern ADDRESS = Pattern.compile("macaddr=([0-9a-fA-F:]+)");

  private MonitorText() {}

  /** Of {@code info ramblock}. */
  static List<MachineShape.Block> blocks(String text) {
    List<MachineShape.Block> blocks = new ArrayList<>();
    for (String line : text.split("\\R")) {
      Matcher block = BLOCK.matcher(line);
      if (block.find()) {
        blocks.add(new MachineShape.Block(block.group(1), Long.parseLong(block.group(2), 16)));
      }
    }
    return blocks;
  }

  /** Of {@code info network}: each interface is followed by its host side. */
  static List<AttachFacts.Netdev> netdevs(String text) {
    List<AttachFacts.Netdev> netdevs = new ArrayList<>();
    String mac = "";
    for (String line : text.split("\\R")) {
      Matcher side = SIDE.matcher(line);
      if (!side.matches()) {
        continue;
      }
      boolean isPeer = side.group(1) != null;
      if (side.group(4).equals("nic")) {
        Matcher address = ADDRESS.matcher(side.group(5));
        mac = address.find() ? address.group(1).toLowerCase(Locale.ROOT) : "";
      } else {
        add(netdevs, side.group(2), side.group(4), isPeer ? mac : "");
      }
    }
    return netdevs;
  }

  private static void add(List<AttachFacts.Netdev> netdevs, String id, String type, String mac) {
    for (int i = 0; i < netdevs.size(); i++) {
      AttachFacts.Netdev known = netdevs.get(i);
      if (known.id().equals(id)) {
        netdevs.set(i, new AttachFacts.Netdev(id, known.type(), known.queues() + 1, known.mac()));
        return;
      }
    }
    netdevs.add(new AttachFacts.Netdev(id, type, 1, mac));
  }
}
