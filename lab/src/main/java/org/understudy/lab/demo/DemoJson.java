package org.understudy.lab.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import org.understudy.lab.pair.TakeoverParts;
import org.understudy.node.status.NodeStatus;

/** A demo's result as one JSON object; every key is always there. */
public final class DemoJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private DemoJson() {}

  static String of(DemoResult result) {
    return object(result).toPrettyString();
  }

  /** The same as an object that may get further keys. */
  public static ObjectNode object(DemoResult result) {
    ObjectNode root = JSON.createObjectNode();
    root.put("verdict", result.isOk() ? "ok" : "failed");
    result.failures.forEach(root.putArray("failures")::add);
    root.put("seed", result.seed);
    root.put("preset", result.preset);
    root.put("epochMode", result.epochMode);
    root.put("connections", result.connections);
    root.put("killedPid", result.killedPid);
    root.put("killAtMs", result.killAtMs);
    root.put("inFlightAtKill", result.inFlightAtKill);
    root.put("takeovers", result.takeovers);
    root.put("generation", result.generation);
    operations(root, result);
    root.put("lost", result.verdict.lost());
    root.put("duplicated", result.verdict.duplicated());
    root.put("reordered", result.verdict.reordered());
    root.put("wrongReplies", result.verdict.wrong());
    result.verdict.findings().forEach(root.putArray("findings")::add);
    root.put("brokenConnections", result.brokenConnections);
    downtime(root.putObject("typeOneDowntimeMs"), result);
    replication(root, result);
    phase(root.putObject("before"), result.before);
    phase(root.putObject("during"), result.during);
    phase(root.putObject("after"), result.after);
    ObjectNode verify = root.putObject("verify");
    verify.put("epochs", result.verifiedEpochs);
    result.verifyMismatches.forEach(verify.putArray("mismatches")::add);
    return root;
  }

  private static void operations(ObjectNode root, DemoResult result) {
    ObjectNode operations = root.putObject("operations");
    operations.put("sent", result.sent);
    operations.put("acknowledged", result.acknowledged);
    operations.put("unknown", result.unknown);
    operations.put("afterTakeover", result.afterTakeover);
    operations.put("perSecond", result.perSecond);
  }

  private static void downtime(ObjectNode node, DemoResult result) {
    node.put("total", result.totalUs() / 1000.0);
    for (String part : TakeoverParts.NAMES) {
      node.put(part, result.partsUs.getOrDefault(part, 0L) / 1000.0);
    }
  }

  private static void replication(ObjectNode root, DemoResult result) {
    NodeStatus primary = result.primary;
    NodeStatus.Replication sent =
        primary == null ? NodeStatus.Replication.NONE : primary.replication();
    NodeStatus.Latency latency = primary == null ? NodeStatus.Latency.NONE : primary.latency();
    percentiles(root.putObject("pauseUs"), latency.pauseUs());
    percentiles(root.putObject("addedLatencyUs"), result.addedUs());
    percentiles(root.putObject("commitUs"), latency.commitUs());
    root.put("epochs", sent.epochs());
    root.put("initialCopyBytes", sent.initialCopyBytes());
    root.put("dirtyPageBytes", sent.dirtyPageBytes());
    root.put("wireBytes", sent.wireBytes());
    ObjectNode classes = root.putObject("wireBytesByClass");
    for (Map.Entry<String, Long> entry : new TreeMap<>(sent.wireBytesByClass()).entrySet()) {
      classes.put(entry.getKey(), entry.getValue());
    }
    root.put("inputBytes", result.inputBytes());
    root.put("cowPages", sent.cowPages());
    root.put("linkResumes", sent.linkResumes());
  }

  private static void percentiles(ObjectNode node, NodeStatus.Percentiles values) {
    node.put("p50", values.p50());
    node.put("p99", values.p99());
    node.put("max", values.max());
  }

  private static void phase(ObjectNode node, DemoResult.Phase phase) {
    node.put("acknowledged", phase.acknowledged);
    node.put("perSecond", phase.perSecond);
    node.put("p50Us", phase.p50Us);
    node.put("p99Us", phase.p99Us);
    node.put("maxUs", phase.maxUs);
  }
}
