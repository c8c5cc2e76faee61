package org.understudy.primary.pacing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.guest.CaptureKind;

final class WatchTest {
  private static final long MS = 1_000_000;
  private static final long SECOND = 1_000 * MS;

  private final CaptureWatch captures = new CaptureWatch(30 * SECOND);
  private final GuestWatch guest = new GuestWatch(30 * SECOND);

  @Test
  void shouldTellOnceThatACaptureIsOverdue() {
    int told = 0;
    long toldAtNs = 0;
    for (long nowNs = 0; nowNs < 100 * SECOND; nowNs += 10 * MS) {
      if (captures.isOverdue(nowNs, CaptureKind.CHECKPOINT)) {
        told++;
        toldAtNs = nowNs;
      }
    }
    assertThat(told).isEqualTo(1);
    assertThat(toldAtNs).isBetween(29 * SECOND, 31 * SECOND);
  }

  @Test
  void shouldNotTellWhileCapturesAreTakenOrNoneIsDue() {
    for (long nowNs = 0; nowNs < 200 * SECOND; nowNs += 10 * MS) {
      boolean isDue = nowNs % (40 * SECOND) < 25 * SECOND;
      assertThat(captures.isOverdue(nowNs, isDue ? CaptureKind.ROUND : CaptureKind.NONE)).isFalse();
    }
    for (long nowNs = 200 * SECOND; nowNs < 400 * SECOND; nowNs += 10 * MS) {
      assertThat(captures.isOverdue(nowNs, CaptureKind.CHECKPOINT)).isFalse();
      if (nowNs % (20 * SECOND) == 0) {
        captures.onCaptured();
      }
    }
  }

  /** A process that was stopped, or a host that was, is not a guest that is stuck. */
  @Test
  void shouldNotCountTimeInWhichNobodyRan() {
    for (long nowNs = 0; nowNs < 100 * 60 * SECOND; nowNs += 60 * SECOND) {
      assertThat(captures.isOverdue(nowNs, CaptureKind.CHECKPOINT)).isFalse();
      assertThat(guest.isStuck(nowNs, false, true)).isFalse();
    }
  }

  @Test
  void shouldTellAGuestThatIsNotHeardWhileItIsNeeded() {
    long nowNs = 0;
    for (; nowNs < 100 * SECOND; nowNs += 10 * MS) {
      assertThat(guest.isStuck(nowNs, false, false)).isFalse();
    }
    for (; nowNs < 200 * SECOND; nowNs += 10 * MS) {
      assertThat(guest.isStuck(nowNs, nowNs % SECOND == 0, true)).isFalse();
    }
    while (!guest.isStuck(nowNs, false, true)) {
      nowNs += 10 * MS;
    }
    assertThat(nowNs).isBetween(229 * SECOND, 231 * SECOND);
  }
}
