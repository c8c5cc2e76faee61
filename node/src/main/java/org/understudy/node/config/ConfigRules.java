package org.understudy.node.config;

import java.util.LinkedHashMap;
import java.util.Map;

/** Relations between settings; every message names both values and the rule. */
final class ConfigRules {
  /** Heartbeats that may be lost before silence counts: one late one is no failure. */
  static final int HEARTBEATS_PER_TIMEOUT = 4;

  /** Smallest protected memory: below it the allocator's own tables do not fit. */
  static final long MIN_MEMORY_BYTES = 1 << 20;

  /** As many pages as a guest's layout can number. */
  static final long MAX_MEMORY_BYTES = 4096L * Integer.MAX_VALUE;

  private static final int MAX_KEYS = 2;

  private ConfigRules() {}

  static void check(
      NodeConfig.Endpoints self,
      NodeConfig.Endpoints peer,
      NodeConfig.Guest guest,
      NodeConfig.Detect detect,
      NodeConfig.Limits limits,
      NodeConfig.Wire wire) {
    endpoints(self, peer);
    times(detect);
    sizes(guest, limits, wire);
    if (wire.keys().size() > MAX_KEYS) {
      throw new ConfigError(
          "wire.keys = "
              + wire.keys()
              + " must name "
              + MAX_KEYS
              + " files at most: the new key"
              + " and the one before");
    }
  }

  static void epoch(NodeConfig.Epoch epoch) {
    atMost("epoch.min", epoch.minNs(), "epoch.max", epoch.maxNs());
    if (epoch.mode() == EpochMode.FIXED) {
      atMost("epoch.min", epoch.minNs(), "epoch.length", epoch.lengthNs());
    }
    if (epoch.inFlight() < 1 || epoch.inFlight() > 16) {
      throw new ConfigError("epoch.inFlight = " + epoch.inFlight() + " must be 1 to 16");
    }
    if (epoch.pausePercent() < 1 || epoch.pausePercent() > 100) {
      throw new ConfigError("epoch.pausePercent = " + epoch.pausePercent() + " must be 1 to 100");
    }
  }

  private static void times(NodeConfig.Detect detect) {
    if (detect.heartbeatNs() * HEARTBEATS_PER_TIMEOUT > detect.timeoutNs()) {
      throw new ConfigError(
          "detect.timeout = "
              + Units.duration(detect.timeoutNs())
              + " must be at least "
              + HEARTBEATS_PER_TIMEOUT
              + " times detect.heartbeat = "
              + Units.duration(detect.heartbeatNs()));
    }
    if (detect.primaryTimeoutNs() <= detect.timeoutNs()) {
      throw new ConfigError(
          "detect.primaryTimeout = "
              + Units.duration(detect.primaryTimeoutNs())
              + " must be longer than detect.timeout = "
              + Units.duration(detect.timeoutNs())
              + ", so that a cut of the link is won by the backup, where the clients are");
    }
    atMost(
        "detect.primaryTimeout",
        detect.primaryTimeoutNs(),
        "commit.timeout",
        detect.commitTimeoutNs());
  }

  private static void sizes(
      NodeConfig.Guest guest, NodeConfig.Limits limits, NodeConfig.Wire wire) {
    if (!guest.isVm() && !guest.type().equals(NodeConfig.Guest.KEY_VALUE)) {
      throw new ConfigError("guest.type = " + guest.type() + " is unknown: use service/kv or vm");
    }
    if (guest.isVm() && guest.tracker() == NodeConfig.Tracker.BARRIER) {
      throw new ConfigError(
          "guest.tracker = barrier is for services: a machine's writes are found by pagemap,"
              + " softdirty or compare");
    }
    if (!guest.isVm() && guest.tracker() == NodeConfig.Tracker.SOFTDIRTY) {
      throw new ConfigError(
          "guest.tracker = softdirty is for virtual machines: its marks would be taken away from"
              + " all of the node's own memory");
    }
    if (guest.memoryBytes() % 4096 != 0 || guest.memoryBytes() < MIN_MEMORY_BYTES) {
      throw new ConfigError(
          "guest.memory = " + guest.memoryBytes() + " must be a multiple of 4096, at least 1 MiB");
    }
    if (guest.memoryBytes() > MAX_MEMORY_BYTES) {
      throw new ConfigError(
          "guest.memory = "
              + Units.size(guest.memoryBytes())
              + " must be at most 8 TiB - 4 KiB: 2^31 - 1 pages");
    }
    if (guest.valueLimitBytes() < 1 || guest.valueLimitBytes() > 512L << 20) {
      throw new ConfigError(
          "guest.valueLimit = " + Units.size(guest.valueLimitBytes()) + " must be 1 to 512 MiB");
    }
    if (limits.inputLogBytes() < 1 << 20) {
      throw new ConfigError(
          "limits.inputLog = "
              + Units.size(limits.inputLogBytes())
              + " must be at least 1 MiB: one input may be 64 KiB and several clients share it");
    }
    if (limits.stagingBytes() < 4 << 20) {
      throw new ConfigError(
          "limits.staging = " + Units.size(limits.stagingBytes()) + " must be at least 4 MiB");
    }
    if (Long.bitCount(wire.termLengthBytes()) != 1
        || wire.termLengthBytes() < 64 << 10
        || wire.termLengthBytes() > 1 << 30) {
      throw new ConfigError(
          "aeron.termLength = "
              + wire.termLengthBytes()
              + " must be a power of two from 64 KiB to 1 GiB");
    }
    if (wire.windowBytes() != NodeConfig.AUTO && wire.windowBytes() > wire.termLengthBytes() / 2) {
      throw new ConfigError(
          "aeron.window = "
              + Units.size(wire.windowBytes())
              + " must be at most half of aeron.termLength = "
              + Units.size(wire.termLengthBytes()));
    }
  }

  private static void endpoints(NodeConfig.Endpoints self, NodeConfig.Endpoints peer) {
    Map<String, String> used = new LinkedHashMap<>();
    add(used, "self.replication", "udp ", self.replication());
    add(used, "peer.replication", "udp ", peer.replication());
    add(used, "self.monitor", "tcp ", self.monitor());
    add(used, "peer.monitor", "tcp ", peer.monitor());
    add(used, "self.front", "tcp ", self.front());
    add(used, "peer.front", "tcp ", peer.front());
  }

  private static void add(Map<String, String> used, String key, String kind, Endpoint place) {
    if (place.isNone()) {
      return;
    }
    String other = used.putIfAbsent(kind + place, key);
    if (other != null) {
      throw new ConfigError(key + " = " + place + " is the same as " + other);
    }
  }

  private static void atMost(String key, long value, String limitKey, long limit) {
    if (value > limit) {
      throw new ConfigError(
          key
              + " = "
              + Units.duration(value)
              + " must be at most "
              + limitKey
              + " = "
              + Units.duration(limit));
    }
  }
}
