package org.understudy.node.config;

import java.nio.file.Path;
import org.understudy.pair.ownership.NodeId;

/** Turns settings into the record tree. */
final class ConfigReader {
  private static final long SERVICE_EPOCH_MAX_NS = 50_000_000;
  private static final long VM_EPOCH_MAX_NS = 200_000_000;

  private ConfigReader() {}

  static NodeConfig read(SettingReader in) {
    Preset preset = Preset.of(in.text("preset"));
    NodeConfig.Guest guest = guest(in);
    NodeConfig.Vm vm = VmReader.read(in);
    VmMachine.check(guest, vm);
    return new NodeConfig(
        node(in),
        endpoints(in, "self"),
        endpoints(in, "peer"),
        guest,
        vm,
        preset,
        epoch(in, preset),
        detect(in),
        limits(in),
        ArbiterReader.read(in),
        wire(in),
        new NodeConfig.Verify(in.count("verify.everyEpochs"), in.count("verify.samples")));
  }

  private static NodeConfig.Node node(SettingReader in) {
    String name = in.text("node.name");
    try {
      new NodeId(name, 0);
    } catch (IllegalArgumentException e) {
      throw new ConfigError("node.name: " + e.getMessage());
    }
    return new NodeConfig.Node(
        name,
        in.choice("node.role", NodeConfig.Role.class),
        in.text("node.pair"),
        path(in, "node.directory"),
        in.durationNs("node.unprotectedReminder"),
        saveDirectory(in),
        in.durationNs("node.saveTimeout"));
  }

  private static Path saveDirectory(SettingReader in) {
    return in.isAuto("node.saveDirectory")
        ? path(in, "node.directory").resolve("save")
        : path(in, "node.saveDirectory");
  }

  private static NodeConfig.Endpoints endpoints(SettingReader in, String group) {
    return new NodeConfig.Endpoints(
        in.endpoint(group + ".replication"),
        in.endpoint(group + ".monitor"),
        front(in, group + ".front"));
  }

  /** Clients of a machine come over its own network. */
  private static Endpoint front(SettingReader in, String key) {
    boolean isVm = in.text("guest.type").equals(NodeConfig.Guest.VM);
    return isVm && !in.isGiven(key) ? Endpoint.NONE : in.endpoint(key);
  }

  private static NodeConfig.Guest guest(SettingReader in) {
    return new NodeConfig.Guest(
        in.text("guest.type"),
        in.sizeBytes("guest.memory"),
        in.choice("guest.tracker", NodeConfig.Tracker.class),
        in.sizeBytes("guest.valueLimit"),
        in.flag("guest.keepMemory"));
  }

  private static NodeConfig.Epoch epoch(SettingReader in, Preset preset) {
    EpochMode mode =
        in.isAuto("epoch.mode") ? preset.epochMode() : in.choice("epoch.mode", EpochMode.class);
    NodeConfig.Epoch epoch =
        new NodeConfig.Epoch(
            mode,
            in.durationNs("epoch.min"),
            maxNs(in),
            in.durationNs("epoch.length"),
            in.count("epoch.inFlight"),
            in.count("epoch.pausePercent"));
    ConfigRules.epoch(epoch);
    return epoch;
  }

  /** A pause costs a machine milliseconds and a service microseconds. */
  private static long maxNs(SettingReader in) {
    if (!in.isAuto("epoch.max")) {
      return in.durationNs("epoch.max");
    }
    boolean isVm = in.text("guest.type").equals(NodeConfig.Guest.VM);
    return isVm ? VM_EPOCH_MAX_NS : SERVICE_EPOCH_MAX_NS;
  }

  private static NodeConfig.Detect detect(SettingReader in) {
    return new NodeConfig.Detect(
        in.durationNs("detect.heartbeat"),
        in.durationNs("detect.timeout"),
        in.durationNs("detect.primaryTimeout"),
        in.durationNs("commit.timeout"));
  }

  private static NodeConfig.Limits limits(SettingReader in) {
    return new NodeConfig.Limits(
        in.sizeBytes("limits.inputLog"),
        in.sizeBytes("limits.staging"),
        in.sizeOrAuto("limits.shadow"));
  }

  private static NodeConfig.Wire wire(SettingReader in) {
    return new NodeConfig.Wire(
        in.flag("wire.sealed"),
        in.texts("wire.keys").stream().map(file -> in.path("wire.keys", file)).toList(),
        in.optional("peer.name"),
        in.sizeOrAuto("aeron.mtu"),
        in.sizeOrAuto("aeron.window"),
        in.sizeOrAuto("aeron.socketBuffers"),
        in.sizeBytes("aeron.termLength"),
        in.choice("aeron.threading", NodeConfig.Threading.class),
        in.text("aeron.driver").equals("embedded") ? "" : path(in, "aeron.driver").toString());
  }

  private static Path path(SettingReader in, String key) {
    return in.path(key);
  }
}
