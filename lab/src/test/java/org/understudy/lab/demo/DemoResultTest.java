package org.understudy.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.understudy.lab.judge.History;
import org.understudy.lab.judge.LoadCommand;
import org.understudy.lab.judge.Reply;
import org.understudy.lab.pair.TakeoverParts;
import org.understudy.node.status.NodeStatus;
import org.understudy.node.status.StatusSamples;

class DemoResultTest {
  private static final String[] KEYS = {
    "verdict",
    "seed",
    "preset",
    "epochMode",
    "connections",
    "killedPid",
    "killAtMs",
    "takeovers",
    "generation",
    "operations",
    "lost",
    "duplicated",
    "reordered",
    "brokenConnections",
    "typeOneDowntimeMs",
    "pauseUs",
    "addedLatencyUs",
    "epochs",
    "initialCopyBytes",
    "dirtyPageBytes",
    "wireBytes",
    "wireBytesByClass",
    "inputBytes",
    "cowPages"
  };

  /** A run of 2,000 fast operations before the kill and as many after it. */
  private static DemoResult good() {
    DemoResult result = new DemoResult();
    result.killDelivered = true;
    result.takeovers = 1;
    result.primary = StatusSamples.full();
    result.backup = StatusSamples.full();
    result.timeline(
        1_000, new NodeStatus.Takeover(2_000, 4_000, 4_500, 6_000, 6_001, 9_000, 3, 7, 5, 6, "x"));
    new DemoPhases(history(), 0, 50_000_000, 200_000_000).measure(result);
    DemoRules.judge(result, false);
    return result;
  }

  private static History history() {
    History history = new History();
    int key = history.keyId("k");
    for (int i = 0; i < 4_000; i++) {
      long invokeNs = i * 50_000L;
      int row = history.begin(1, i, key, LoadCommand.INCR, null, invokeNs);
      boolean spansTheKill = i == 999;
      history.end(row, invokeNs + (spansTheKill ? 9_000_000 : 20_000), Reply.integer(i + 1));
    }
    return history;
  }

  @Test
  void shouldGiveEveryKeyWhenNothingIsKnown() throws Exception {
    JsonNode json = new ObjectMapper().readTree(DemoJson.of(new DemoResult()));
    for (String key : KEYS) {
      assertThat(json.has(key)).as(key).isTrue();
    }
    for (String key : new String[] {"sent", "acknowledged", "unknown", "afterTakeover"}) {
      assertThat(json.path("operations").path(key).isIntegralNumber()).isTrue();
    }
    assertThat(json.path("operations").has("perSecond")).isTrue();
  }

  @Test
  void shouldSumThePartsToTheTotalWhenATakeoverWasMade() throws Exception {
    DemoResult result = good();
    assertThat(result.failures).isEmpty();
    JsonNode downtime = new ObjectMapper().readTree(DemoJson.of(result)).path("typeOneDowntimeMs");
    assertThat(downtime.path("total").asDouble()).isEqualTo(8.0);
    double sum = 0;
    for (String part : TakeoverParts.NAMES) {
      sum += downtime.path(part).asDouble();
    }
    assertThat(sum).isCloseTo(8.0, org.assertj.core.data.Offset.offset(1e-9));
    assertThat(downtime.path("restore").asDouble()).isEqualTo(1.5);
  }

  @Test
  void shouldStillSumWhenAnInstantIsMissing() {
    DemoResult result = new DemoResult();
    result.timeline(
        1_000, new NodeStatus.Takeover(2_000, 0, 4_500, 3_000, 6_000, 9_000, 3, 7, 5, 6, "x"));
    assertThat(result.totalUs()).isEqualTo(8_000);
    assertThat(result.partsUs.values()).allMatch(part -> part >= 0);
  }

  @Test
  void shouldSplitTheRunAtKillAndRecovery() {
    DemoResult result = good();
    assertThat(result.inFlightAtKill).isEqualTo(1);
    assertThat(result.before.acknowledged).isEqualTo(999);
    assertThat(result.during.maxUs).isGreaterThan(8_000);
    assertThat(result.after.perSecond).isBetween(15_000.0, 25_000.0);
    assertThat(result.afterTakeover).isGreaterThan(2_000);
  }

  @Test
  void shouldFailWithAReasonWhenARuleIsBroken() {
    DemoResult result = new DemoResult();
    result.verdict.lost("x");
    result.brokenConnections = 2;
    result.takeovers = 2;
    DemoRules.judge(result, true);
    assertThat(String.join("\n", result.failures))
        .contains("1 lost")
        .contains("not killed by SIGKILL")
        .contains("nothing was in flight")
        .contains("0 operations acknowledged")
        .contains("2 client connections broke")
        .contains("2 takeovers")
        .contains("at 0 epochs only");
  }

  @Test
  void shouldPrintTheTimelineForPeople() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DemoText.print(new PrintStream(bytes, true, StandardCharsets.UTF_8), good());
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains("detected (x) (+1.000)")
        .contains("type I downtime 8.0 ms")
        .contains("verdict: ok");
  }
}
