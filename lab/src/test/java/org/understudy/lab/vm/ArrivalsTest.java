package org.understudy.lab.vm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArrivalsTest {
  private final Arrivals arrivals = new Arrivals();

  private void exchange(long sentNs, long repliedNs) {
    arrivals.sent(sentNs);
    arrivals.replied(repliedNs);
  }

  @Test
  void shouldFindTheGapThatAKillLiesIn() {
    exchange(0, 1);
    exchange(5, 6);
    exchange(10, 150);
    exchange(155, 156);

    assertThat(arrivals.longestGapNs(20, 1000)).isEqualTo(144);
  }

  @Test
  void shouldNotCountGapsBeforeTheInstant() {
    exchange(0, 1);
    exchange(5, 500);
    exchange(505, 506);
    exchange(510, 520);

    assertThat(arrivals.longestGapNs(507, 1000)).isEqualTo(14);
  }

  @Test
  void shouldTellWhenALaterRequestIsAnswered() {
    arrivals.sent(10);
    arrivals.sent(30);
    arrivals.replied(40);

    assertThat(arrivals.isAnsweredSince(20)).isFalse();
    arrivals.replied(50);
    assertThat(arrivals.isAnsweredSince(20)).isTrue();
  }

  @Test
  void shouldGrow() {
    for (int i = 0; i < 5000; i++) {
      exchange(i, i + 1);
    }

    assertThat(arrivals.repliedCount()).isEqualTo(5000);
    assertThat(arrivals.longestGapNs(0, 5000)).isEqualTo(1);
  }
}
