package org.understudy.node.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** A validated configuration as the lines of a file that would give it. */
final class ConfigPrinter {
  private final List<String> lines = new ArrayList<>();

  private ConfigPrinter() {}

  static List<String> lines(NodeConfig config) {
    ConfigPrinter printer = new ConfigPrinter();
    printer.identity(config);
    printer.pacing(config);
    printer.arbiter(config.arbiter());
    printer.transport(config);
    return printer.lines;
  }

  private void identity(NodeConfig config) {
    text("node.name", config.node().name());
    put("node.role", word(config.node().role()));
    text("node.pair", config.node().pair());
    text("node.directory", config.node().directory().toString());
    put("node.unprotectedReminder", Units.duration(config.node().unprotectedReminderNs()));
    text("node.saveDirectory", config.node().saveDirectory().toString());
    put("node.saveTimeout", Units.duration(config.node().saveTimeoutNs()));
    endpoints("self", config.self());
    endpoints("peer", config.peer());
    text("guest.type", config.guest().type());
    put("guest.memory", Units.size(config.guest().memoryBytes()));
    put("guest.tracker", word(config.guest().tracker()));
    put("guest.valueLimit", Units.size(config.guest().valueLimitBytes()));
    put("guest.keepMemory", Boolean.toString(config.guest().keepsMemory()));
    if (config.guest().isVm()) {
      vm(config.vm());
    }
  }

  private void vm(NodeConfig.Vm vm) {
    text("vm.program", vm.program());
    text("vm.machine", vm.machine());
    put("vm.accelerator", word(vm.accelerator()));
    text("vm.cpu", vm.cpu());
    put("vm.cpus", Integer.toString(vm.cpus()));
    text("vm.kernel", vm.kernel());
    text("vm.initrd", vm.initrd());
    text("vm.append", vm.append());
    put("vm.legacyDisks", Boolean.toString(vm.legacyDisks()));
    put("vm.legacyNics", Boolean.toString(vm.legacyNics()));
    put("vm.pins", vm.pins().toString());
    put(
        "vm.disks",
        list(
            vm.disks(),
            disk ->
                size(disk) + "id = " + disk.id() + ", file = " + quoted(disk.file().toString())));
    put(
        "vm.nics",
        list(
            vm.nics(),
            nic ->
                "id = "
                    + nic.id()
                    + ", mac = "
                    + quoted(nic.mac())
                    + ", bridge = "
                    + quoted(nic.bridge())));
    put("vm.extra", vm.extra().stream().map(ConfigPrinter::quoted).toList().toString());
    text("vm.attach", vm.attach());
  }

  private static String size(NodeConfig.Vm.Disk disk) {
    return disk.sizeBytes() == 0 ? "" : "size = " + Units.size(disk.sizeBytes()) + ", ";
  }

  private static <T> String list(List<T> items, Function<T, String> keys) {
    return items.stream().map(item -> "{" + keys.apply(item) + "}").toList().toString();
  }

  private void pacing(NodeConfig config) {
    put("preset", config.preset().name());
    put("epoch.mode", word(config.epoch().mode()));
    put("epoch.min", Units.duration(config.epoch().minNs()));
    put("epoch.max", Units.duration(config.epoch().maxNs()));
    put("epoch.length", Units.duration(config.epoch().lengthNs()));
    put("epoch.inFlight", Integer.toString(config.epoch().inFlight()));
    put("epoch.pausePercent", Integer.toString(config.epoch().pausePercent()));
    put("detect.heartbeat", Units.duration(config.detect().heartbeatNs()));
    put("detect.timeout", Units.duration(config.detect().timeoutNs()));
    put("detect.primaryTimeout", Units.duration(config.detect().primaryTimeoutNs()));
    put("commit.timeout", Units.duration(config.detect().commitTimeoutNs()));
    put("limits.inputLog", Units.size(config.limits().inputLogBytes()));
    put("limits.staging", Units.size(config.limits().stagingBytes()));
    put("limits.shadow", sizeOrAuto(config.limits().shadowBytes()));
  }

  private void arbiter(NodeConfig.ArbiterPlace arbiter) {
    put("arbiter.kind", word(arbiter.kind()));
    if (arbiter.kind() == NodeConfig.ArbiterKind.FILE) {
      text("arbiter.dir", arbiter.directory().toString());
      return;
    }
    put(
        "arbiter.endpoints",
        arbiter.endpoints().stream().map(one -> quoted(one.toString())).toList().toString());
    text("arbiter.path", arbiter.path());
    text("arbiter.user", arbiter.user());
    text("arbiter.passwordFile", arbiter.passwordFile());
    text("arbiter.tls.authority", arbiter.tls().authority());
    text("arbiter.tls.certificate", arbiter.tls().certificate());
    text("arbiter.tls.key", arbiter.tls().key());
    put("arbiter.timeout", Units.duration(arbiter.timeoutNs()));
  }

  private void transport(NodeConfig config) {
    NodeConfig.Wire wire = config.wire();
    put("wire.sealed", Boolean.toString(wire.sealed()));
    put("wire.keys", wire.keys().stream().map(key -> quoted(key.toString())).toList().toString());
    text("peer.name", wire.peerName());
    put("verify.everyEpochs", Integer.toString(config.verify().everyEpochs()));
    put("verify.samples", Integer.toString(config.verify().samples()));
    put("aeron.mtu", sizeOrAuto(wire.mtuBytes()));
    put("aeron.window", sizeOrAuto(wire.windowBytes()));
    put("aeron.socketBuffers", sizeOrAuto(wire.socketBufferBytes()));
    put("aeron.termLength", Units.size(wire.termLengthBytes()));
    put("aeron.threading", word(wire.threading()));
    text("aeron.driver", wire.driver().isEmpty() ? "embedded" : wire.driver());
  }

  private void endpoints(String group, NodeConfig.Endpoints endpoints) {
    text(group + ".replication", endpoints.replication().toString());
    text(group + ".monitor", endpoints.monitor().toString());
    if (!endpoints.front().isNone()) {
      text(group + ".front", endpoints.front().toString());
    }
  }

  private void text(String key, String value) {
    put(key, quoted(value));
  }

  private static String quoted(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private void put(String key, String value) {
    lines.add(key + " = " + value);
  }

  private static String sizeOrAuto(long bytes) {
    return bytes == NodeConfig.AUTO ? "auto" : Units.size(bytes);
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
