package org.understudy.lab.bench.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.understudy.node.program.UserError;

class RedisRatesTest {
  private static final String OUTPUT =
      """
      "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms"
      "SET","40000.00","17.5","3.1","16.2","30.1"
      "GET","80000.00","8.1","1.0","8.0","12.0"
      "INCR","80000.00","8.1","1.0","8.0","12.0"
      """;

  @Test
  void shouldReadTheRatesAndCountEachCommandAsOften() {
    RedisRates rates = RedisRates.parse(OUTPUT);

    assertThat(rates.perSecond())
        .containsEntry("SET", 40_000.0)
        .containsEntry("GET", 80_000.0)
        .containsEntry("INCR", 80_000.0);
    // One of each takes 25 + 12.5 + 12.5 us.
    assertThat(rates.overall()).isCloseTo(60_000, within(1e-6));
  }

  @Test
  void shouldRelateEachCommandToItself() {
    RedisRates alone = RedisRates.parse(OUTPUT);
    RedisRates half = RedisRates.parse(OUTPUT.replace("0000.00", "0000.00e-1"));

    assertThat(half.over(alone).values()).allSatisfy(r -> assertThat(r).isEqualTo(0.1));
  }

  @Test
  void shouldRefuseOutputThatLacksACommandOrARate() {
    for (String bad :
        new String[] {
          "", "Could not connect", OUTPUT.replace("INCR", "DECR"), OUTPUT.replace("40000.00", "nan")
        }) {
      assertThatThrownBy(() -> RedisRates.parse(bad))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("printed no rates");
    }
  }

  @Test
  void shouldBoundWaitingClientsByEpochAndCommit() {
    assertThat(RedisRates.bound(800, 25_000, 7_000)).isCloseTo(25_000, within(1e-6));
  }
}
