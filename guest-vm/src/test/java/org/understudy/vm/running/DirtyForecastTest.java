package org.understudy.vm.running;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DirtyForecastTest {
  private static final long MS = 1_000_000;

  private final DirtyForecast forecast = new DirtyForecast();

  @Test
  void shouldExpectTheNextEpochToBeLikeTheLast() {
    forecast.onResumed(100 * MS);
    forecast.onPaused(120 * MS, 4_000);
    forecast.onResumed(130 * MS);
    assertThat(forecast.pages(130 * MS)).isEqualTo(1);
    assertThat(forecast.pages(140 * MS)).isEqualTo(2_001);
    assertThat(forecast.pages(170 * MS)).isEqualTo(8_001);
  }

  @Test
  void shouldKnowNothingOfAnotherCopy() {
    forecast.onResumed(0);
    forecast.onPaused(MS, 1_000);
    forecast.forget();
    assertThat(forecast.pages(1_000 * MS)).isEqualTo(1);
  }
}
