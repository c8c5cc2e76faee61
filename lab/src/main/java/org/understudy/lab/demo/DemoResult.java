package org.understudy.lab.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.understudy.lab.judge.Verdict;
import org.understudy.lab.pair.TakeoverParts;
import org.understudy.node.status.NodeStatus;

/** What a demo found out, filled as it goes, so that a run that fails half-way still reports. */
public final class DemoResult {
  /** Rates and latencies of one phase of the run. */
  public static final class Phase {
    public long acknowledged;
    public double perSecond;
    public double p50Us;
    public double p99Us;
    public double maxUs;
  }

  public final List<String> failures = new ArrayList<>();
  public long seed;
  public String preset = "";
  public String epochMode = "";
  public int connections;
  public long killedPid;
  public double killAtMs;
  public boolean killDelivered;
  public int inFlightAtKill;
  public int takeovers;
  public long generation;
  public long sent;
  public long acknowledged;
  public long unknown;
  public long afterTakeover;
  public double perSecond;
  public Verdict verdict = new Verdict();
  public int brokenConnections;
  public Map<String, Long> partsUs = new LinkedHashMap<>();
  public final Phase before = new Phase();
  public final Phase during = new Phase();
  public final Phase after = new Phase();
  public NodeStatus primary;
  public NodeStatus backup;
  public NodeStatus.Takeover takeover;
  public int verifiedEpochs;
  public List<String> verifyMismatches = new ArrayList<>();

  /** Sum of the parts. */
  public long totalUs() {
    return partsUs.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Inputs on the wire, as the node that counts them says. */
  public long inputBytes() {
    return Math.max(
        primary == null ? 0 : primary.replication().inputBytes(),
        backup == null ? 0 : backup.replication().inputBytes());
  }

  /** Time that output was held: measured at the gate, which stands on the backup. */
  public NodeStatus.Percentiles addedUs() {
    if (backup != null && backup.latency().addedUs().count() > 0) {
      return backup.latency().addedUs();
    }
    return primary == null ? NodeStatus.Percentiles.NONE : primary.latency().addedUs();
  }

  public boolean isOk() {
    return failures.isEmpty();
  }

  /** Takes a takeover apart. */
  public void timeline(long killedAtUs, NodeStatus.Takeover made) {
    takeover = made;
    partsUs = TakeoverParts.of(killedAtUs, made);
  }

  /** Compares the hashes of the epochs that both nodes have; returns how many. */
  public int compareImages(NodeStatus primary, NodeStatus backup) {
    if (primary == null || backup == null) {
      return 0;
    }
    Map<Long, String> images = backup.verify().hashes();
    verifiedEpochs = 0;
    verifyMismatches.clear();
    primary
        .verify()
        .hashes()
        .forEach((epoch, hash) -> {
          if (images.containsKey(epoch)) {
            verifiedEpochs++;
            if (!images.get(epoch).equals(hash)) {
              verifyMismatches.add("epoch " + epoch);
            }
          }
        });
    return verifiedEpochs;
  }
}
