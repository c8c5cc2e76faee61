package org.understudy.lab.vm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.understudy.lab.demo.DemoJson;

/** The result as one JSON object: the keys of the first demo and those of the machine. */
final class VmJson {
  private VmJson() {}

  static String of(VmResult result) {
    ObjectNode root = DemoJson.object(result.base);
    if (!result.missing.isEmpty()) {
      root.put("verdict", "unavailable");
    }
    result.missing.forEach(root.putArray("missing")::add);
    root.put("accelerator", result.accelerator);
    root.put("ramBytes", result.ramBytes);
    workloads(root.putObject("workloads"), result);
    wrk(root, result.wrk);
    root.put("clientStallMs", result.median(KillResult::clientStallMs));
    root.put("claimToRunningMs", result.median(KillResult::claimToRunningMs));
    ObjectNode parts = root.putObject("pausePartsUs");
    result.pausePartsUs().forEach(parts::put);
    ObjectNode writes = root.putObject("diskWrites");
    writes.put("committed", result.diskWritesCommitted);
    writes.put("discarded", result.diskWritesDiscarded);
    root.put("retransmissions", result.retransmissions());
    ObjectNode image = root.putObject("imageVerified");
    image.put("samples", result.base.verifiedEpochs);
    image.put("mismatches", result.base.verifyMismatches.size());
    ObjectNode boot = root.putObject("guestBootId");
    boot.put("before", result.bootIdBefore);
    boot.put("after", result.bootIdAfter);
    result.kills.forEach(kill -> kill(root.withArray("kills").addObject(), kill));
    root.withArray("kills");
    return root.toPrettyString();
  }

  private static void workloads(ObjectNode node, VmResult result) {
    ObjectNode redis = node.putObject("redis");
    redis.put("operations", result.base.acknowledged + result.probe.operations());
    redis.put("lost", result.base.verdict.lost() + result.probe.lost());
    redis.put("duplicated", result.base.verdict.duplicated() + result.probe.duplicated());
    redis.put("reordered", result.base.verdict.reordered() + result.probe.reordered());
    redis.put("brokenConnections", result.base.brokenConnections + result.probe.broken());
    ObjectNode nginx = node.putObject("nginx");
    nginx.put("operations", result.nginx.operations());
    nginx.put("lost", result.nginx.lost());
    nginx.put("duplicated", result.nginx.duplicated());
    nginx.put("reordered", result.nginx.reordered());
    nginx.put("brokenConnections", result.nginx.broken());
    ObjectNode disk = node.putObject("disk");
    disk.put("records", result.disk.last() + 1);
    disk.put("lost", result.recordsLost());
    disk.put("damaged", result.disk.damaged());
  }

  private static void wrk(ObjectNode root, WrkSummary wrk) {
    if (wrk == null) {
      root.putNull("wrk");
      return;
    }
    ObjectNode node = root.putObject("wrk");
    node.put("requests", wrk.requests());
    node.put("errors", wrk.errors());
    node.put("timeouts", wrk.timeouts());
  }

  private static void kill(ObjectNode node, KillResult kill) {
    node.put("atMs", kill.atMs());
    node.put("clientStallMs", kill.clientStallMs());
    node.put("claimToRunningMs", kill.claimToRunningMs());
    node.put("retransmissions", kill.retransmissions());
    ObjectNode parts = node.putObject("partsMs");
    kill.partsUs().forEach((name, us) -> parts.put(name, us / 1000.0));
  }
}
