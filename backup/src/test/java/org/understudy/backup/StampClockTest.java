package org.understudy.backup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StampClockTest {
  private final StampClock clock = new StampClock();

  @Test
  void shouldGoOnWithTheTimeWhileNothingHappens() {
    clock.continueFrom(1_000, 50);
    assertThat(clock.peek(50)).isEqualTo(1_000);
    assertThat(clock.peek(5_050)).isEqualTo(6_000);
    assertThat(clock.stamp(5_060)).isEqualTo(6_010);
  }

  @Test
  void shouldNotBePutBackByTheStampOfAnEarlierMoment() {
    clock.continueFrom(1_000, 50);
    clock.continueFrom(1_100, 5_050); // captured long before, as the primary was held up
    assertThat(clock.peek(5_050)).isEqualTo(6_000);
    clock.continueFrom(9_000, 5_051);
    assertThat(clock.stamp(5_052)).isEqualTo(9_001);
    clock.continueFrom(100, 5_060);
    assertThat(clock.stamp(5_040)).as("of the begin of a cycle").isEqualTo(9_001);
  }

  @Test
  void shouldTakeTheClockOfTheGuestThatIsCopied() {
    clock.continueFrom(1_000_000, 0);
    clock.stamp(10);
    clock.awaitGuest();
    assertThat(clock.stamp(1_000)).as("sessions of before are closed meanwhile").isZero();
    clock.continueFrom(500, 2_000);
    assertThat(clock.stamp(2_001)).isEqualTo(501);
  }
}
