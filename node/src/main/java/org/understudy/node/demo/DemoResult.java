package org.understudy.node.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.understudy.node.status.NodeStatus;

/** What a demo found out, filled as it goes, so that a run that fails half-way still reports. */
final class DemoResult {
  /** Rates and latencies of one phase of the run. */
  static final class Phase {
    long acknowledged;
    double perSecond;
    double p50Us;
    double p99Us;
    double maxUs;
  }

  final List<String> failures = new ArrayList<>();
  long seed;
  String preset = "";
  String epochMode = "";
  int connections;
  long killedPid;
  double killAtMs;
  boolean killDelivered;
  int inFlightAtKill;
  int takeovers;
  long generation;
  long sent;
  long acknowledged;
  long unknown;
  long afterTakeover;
  double perSecond;
  Verdict verdict = new Verdict();
  int brokenConnections;
  Map<String, Long> partsUs = new LinkedHashMap<>();
  final Phase before = new Phase();
  final Phase during = new Phase();
  final Phase after = new Phase();
  NodeStatus primary;
  NodeStatus backup;
  NodeStatus.Takeover takeover;
  int verifiedEpochs;
  List<String> verifyMismatches = new ArrayList<>();

  /** Sum of the parts. */
  long totalUs() {
    return partsUs.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Inputs on the wire, as the node that counts them says. */
  long inputBytes() {
    return Math.max(
        primary == null ? 0 : primary.replication().inputBytes(),
        backup == null ? 0 : backup.replication().inputBytes());
  }

  /** Time that output was held: measured at the gate, which stands on the backup. */
  NodeStatus.Percentiles addedUs() {
    if (backup != null && backup.latency().addedUs().count() > 0) {
      return backup.latency().addedUs();
    }
    return primary == null ? NodeStatus.Percentiles.NONE : primary.latency().addedUs();
  }

  boolean isOk() {
    return failures.isEmpty();
  }

  /** Takes a takeover apart. */
  void timeline(long killedAtUs, NodeStatus.Takeover made) {
    takeover = made;
    partsUs = TakeoverParts.of(killedAtUs, made);
  }
}
