package org.understudy.pair.detect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.understudy.pair.detect.FailureDetector.Cause;

class FailureDetectorTest {
  private static final long PEER = 42;
  private static final long TIMEOUT = 1000;
  private static final long BOUND = 100;

  private static final long CHECK = 600;

  private final FailureDetector detector = new FailureDetector(TIMEOUT, BOUND, CHECK);
  private long now;

  private void cycles(int count, long gap) {
    for (int i = 0; i < count; i++) {
      now += gap;
      detector.cycle(now);
    }
  }

  private void watch() {
    detector.cycle(now);
    detector.watch(PEER);
    detector.onConnected(PEER);
  }

  @Test
  void shouldFindThePeerDeadWhenItIsSilentForTheTimeout() {
    watch();
    cycles(99, 10);
    assertThat(detector.isDead()).isFalse();
    cycles(1, 10);
    assertThat(detector.cause()).isEqualTo(Cause.SILENT);
  }

  @Test
  void shouldStartAgainWhenThereIsASignOfLife() {
    watch();
    cycles(99, 10);
    detector.onSignOfLife(PEER);
    cycles(99, 10);
    assertThat(detector.isDead()).isFalse();
  }

  @Test
  void shouldNotCountMessagesOfAnotherIncarnation() {
    watch();
    cycles(50, 10);
    detector.onSignOfLife(PEER + 1);
    cycles(50, 10);
    assertThat(detector.isDead()).isTrue();
  }

  @Test
  void shouldNotCountItsOwnPauseAsSilence() {
    watch();
    cycles(1, TIMEOUT * 50);
    assertThat(detector.isDead()).isFalse();
    assertThat(detector.silenceNs()).isEqualTo(BOUND);
    assertThat(detector.takeStall()).isTrue();
    assertThat(detector.takeStall()).isFalse();
  }

  @Test
  void shouldTellAStallWithinACycleThatIsNoSilenceYet() {
    watch();
    detector.readClock(now + CHECK);
    assertThat(detector.takeStall()).isFalse();
    detector.readClock(now + CHECK + 1);
    assertThat(detector.takeStall()).isTrue();
    assertThat(detector.silenceNs()).isZero();
  }

  @Test
  void shouldFindThePeerDeadWhenTheReconnectIsRefused() {
    watch();
    detector.onClosed(PEER);
    assertThat(detector.isDead()).isFalse();
    detector.onRefused();
    assertThat(detector.cause()).isEqualTo(Cause.REFUSED);
  }

  @Test
  void shouldLetHeartbeatsDecideWhenTheReconnectHasNoClearAnswer() {
    watch();
    detector.onClosed(PEER);
    detector.onUnclear();
    assertThat(detector.isDead()).isFalse();
    detector.onRefused(); // late and not asked for
    assertThat(detector.isDead()).isFalse();
  }

  @Test
  void shouldFindThePeerDeadWhenAnotherIncarnationAnswersTheReconnect() {
    watch();
    detector.onClosed(PEER);
    detector.onConnected(PEER + 1);
    assertThat(detector.cause()).isEqualTo(Cause.REPLACED);
  }

  @Test
  void shouldIgnoreTheClosingOfAStrangersConnection() {
    watch();
    detector.onClosed(PEER + 1);
    detector.onRefused();
    assertThat(detector.isDead()).isFalse();
  }

  @Test
  void shouldWatchNobodyWhenToldTo() {
    watch();
    detector.stopWatching();
    cycles(500, 10);
    assertThat(detector.isDead()).isFalse();
  }
}
