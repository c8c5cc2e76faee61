package org.understudy.lab.vm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.understudy.node.status.StatusSamples;

class VmResultTest {
  private static final String[] KEYS = {
    "verdict",
    "missing",
    "seed",
    "takeovers",
    "operations",
    "typeOneDowntimeMs",
    "pauseUs",
    "wireBytesByClass",
    "accelerator",
    "ramBytes",
    "workloads",
    "wrk",
    "clientStallMs",
    "claimToRunningMs",
    "pausePartsUs",
    "diskWrites",
    "retransmissions",
    "imageVerified",
    "guestBootId"
  };

  private static VmResult good() {
    VmResult result = new VmResult();
    result.killsAsked = 3;
    for (int i = 1; i <= 3; i++) {
      result.kills.add(new KillResult(1000 * i, true, 100 * i, 10 * i, i - 1, Map.of("claim", 5L)));
    }
    result.base.primary = StatusSamples.full();
    result.base.takeovers = 3;
    result.base.afterTakeover = 500;
    result.base.sent = 1_000;
    result.nginx.good();
    result.probe.good();
    result.bootIdBefore = "x";
    result.bootIdAfter = "x";
    result.hasDisk = true;
    result.lastRecordTold = 9;
    result.disk = new DiskSequence(10, 0, 0, List.of());
    return result;
  }

  private static List<String> failures(VmResult result) {
    VmRules.judge(result);
    return result.base.failures;
  }

  @Test
  void shouldBeOkWhenNothingIsLost() {
    assertThat(failures(good())).isEmpty();
  }

  @Test
  void shouldFailForEachKindOfLoss() {
    VmResult lostReply = good();
    lostReply.probe.lost(2, "x");
    VmResult broken = good();
    broken.nginx.broken("x");
    VmResult rebooted = good();
    rebooted.bootIdAfter = "y";
    VmResult lostRecord = good();
    lostRecord.lastRecordTold = 12;
    VmResult hole = good();
    hole.disk = new DiskSequence(10, 1, 0, List.of());
    VmResult noTakeover = good();
    noTakeover.base.takeovers = 2;
    VmResult silent = good();
    silent.base.afterTakeover = 0;
    VmResult refused = good();
    refused.wrk = new WrkSummary(9, 2, 3, 0);
    VmResult unanswered = good();
    unanswered.wrk = new WrkSummary(0, 0, 0, 4);

    assertThat(failures(lostReply)).singleElement().asString().contains("2 lost");
    assertThat(failures(broken)).singleElement().asString().contains("1 connections broken");
    assertThat(failures(rebooted)).singleElement().asString().contains("rebooted");
    assertThat(failures(lostRecord)).singleElement().asString().contains("2 records");
    assertThat(failures(hole)).singleElement().asString().contains("1 records");
    assertThat(failures(noTakeover)).singleElement().asString().contains("2 takeovers");
    assertThat(failures(refused)).singleElement().asString().contains("2 socket errors, 3 answers");
    assertThat(failures(unanswered)).singleElement().asString().contains("wrk: no request");
    assertThat(failures(silent)).singleElement().asString().contains("nothing was answered");
  }

  @Test
  void shouldFailWhenAnImageDiffersOrTooFewWereCompared() {
    VmResult few = good();
    few.verify = true;
    few.base.verifiedEpochs = 29;
    VmResult differs = good();
    differs.verify = true;
    differs.base.verifiedEpochs = 30;
    differs.base.verifyMismatches.add("epoch 7");

    assertThat(failures(few)).singleElement().asString().contains("29 epochs only");
    assertThat(failures(differs)).singleElement().asString().contains("epoch 7");
  }

  @Test
  void shouldHaveEveryKeyInJson() throws IOException {
    JsonNode json = new ObjectMapper().readTree(VmJson.of(good()));

    for (String key : KEYS) {
      assertThat(json.has(key)).as(key).isTrue();
    }
    assertThat(json.path("clientStallMs").asDouble()).isEqualTo(200);
    assertThat(json.path("claimToRunningMs").asDouble()).isEqualTo(20);
    assertThat(json.path("retransmissions").asLong()).isEqualTo(3);
    assertThat(json.path("pausePartsUs")).isNotEmpty();
    assertThat(json.path("workloads").path("nginx").path("operations").asLong()).isEqualTo(1);
    assertThat(json.path("kills")).hasSize(3);
    assertThat(json.path("missing")).isEmpty();
  }

  @Test
  void shouldTellWhatWrkSawAndNotFailForWhatCameLate() throws IOException {
    VmResult result = good();
    assertThat(new ObjectMapper().readTree(VmJson.of(result)).path("wrk").isNull()).isTrue();
    result.wrk = new WrkSummary(900, 0, 0, 4);
    assertThat(failures(result)).isEmpty();
    JsonNode wrk = new ObjectMapper().readTree(VmJson.of(result)).path("wrk");
    assertThat(wrk.path("requests").asLong()).isEqualTo(900);
    assertThat(wrk.path("errors").asLong()).isZero();
    assertThat(wrk.path("timeouts").asLong()).isEqualTo(4);
  }

  @Test
  void shouldBeUnavailableAndStillHaveEveryKey() throws IOException {
    VmResult result = new VmResult();
    result.missing = List.of("root");
    result.base.failures.add("run it as root");
    JsonNode json = new ObjectMapper().readTree(VmJson.of(result));

    assertThat(json.path("verdict").asText()).isEqualTo("unavailable");
    assertThat(json.path("missing").get(0).asText()).isEqualTo("root");
    for (String key : KEYS) {
      assertThat(json.has(key)).as(key).isTrue();
    }
  }

  @Test
  void shouldShowTheVerdictToPeople() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    VmText.print(new PrintStream(out, true, StandardCharsets.UTF_8), good());

    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("boot id x, then x")
        .contains("disk: 11 records")
        .contains("verdict: ok");
  }
}
