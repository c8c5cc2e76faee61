package org.understudy.lab.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.understudy.node.program.UserError;

class ThroughputReportTest {
  private static ThroughputResult result(String name, double rate, double serverCores) {
    ThroughputResult result = new ThroughputResult(name);
    String output =
        "\"test\",\"rps\",\"avg_latency_ms\"\n\"SET\",\""
            + rate
            + "\",\"1\"\n"
            + "\"GET\",\""
            + rate
            + "\",\"1\"\n\"INCR\",\""
            + rate
            + "\",\"1\"\n";
    long rows = ThroughputBench.parse(output, result);
    result.addRun(
        Map.of("server", serverCores * 2, ThroughputBench.CLIENT, 0.2), 2, rows * 1_000_000);
    return result;
  }

  @Test
  void shouldGiveMediansRatiosAndCpuWhenRunsAreIn() throws Exception {
    List<ThroughputResult> results =
        List.of(
            result(Contender.REDIS, 400, 0.95),
            result(Contender.UNPROTECTED, 300, 0.5),
            result(Contender.PROTECTED, 150, 1.8));
    ThroughputReport report = new ThroughputReport(results, 1, 1_000_000, 2);
    JsonNode json = new ObjectMapper().readTree(report.json());
    assertThat(json.at("/servers/protected/operationsPerSecond/SET").asDouble()).isEqualTo(150);
    assertThat(json.at("/ratios/protected~1unprotected/GET").asDouble()).isEqualTo(0.5);
    assertThat(json.at("/ratios/unprotected~1redis-server/INCR").asDouble()).isEqualTo(0.75);
    assertThat(json.at("/servers/redis-server/limit").asText()).isEqualTo("one core of server");
    assertThat(json.at("/servers/protected/limit").asText()).startsWith("CPU: all cores");
    assertThat(json.at("/servers/protected/cpuUsPerOperation/server").asDouble()).isEqualTo(1.2);
    assertThat(report.table()).contains("| protected / unprotected | 0.50 | 0.50 | 0.50 |");
  }

  @Test
  void shouldRefuseOutputWithoutRates() {
    assertThatThrownBy(() -> ThroughputBench.parse("nothing", new ThroughputResult("x")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("printed no rates");
  }

  @Test
  void shouldTakeTheNearestRankWhenAskedForPercentiles() {
    Samples samples = new Samples();
    for (int i = 100; i >= 1; i--) {
      samples.add(i);
    }
    assertThat(samples.median()).isEqualTo(50);
    assertThat(samples.percentile(99)).isEqualTo(99);
    assertThat(samples.percentile(100)).isEqualTo(100);
  }
}
