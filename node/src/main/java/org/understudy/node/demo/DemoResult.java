package org.understudy.node.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.understudy.node.status.NodeStatus;

/**
 * What a demo found out, filled as it goes, so that a run that fails half-way still reports. Parts
 * of the takeover are microseconds between instants that never decrease, so they sum to the total.
 */
final class DemoResult {
  /** Names of the parts of the type I downtime, in order. */
  static final List<String> PARTS =
      List.of("detect", "claim", "apply", "restore", "replay", "firstAnswer");

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

  /** Takes the instants of a takeover apart; an instant before its predecessor counts as equal. */
  void timeline(long killedAtUs, NodeStatus.Takeover made) {
    takeover = made;
    long[] instants = {
      made.detectedAtUs(),
      made.claimedAtUs(),
      made.appliedAtUs(),
      made.restoredAtUs(),
      made.replayedAtUs(),
      made.firstAnswerAtUs()
    };
    long previous = killedAtUs;
    for (int i = 0; i < instants.length; i++) {
      long instant = Math.max(previous, instants[i]);
      partsUs.put(PARTS.get(i), instant - previous);
      previous = instant;
    }
  }
}
