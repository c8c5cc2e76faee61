package org.understudy.backup.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.understudy.backup.StampClock;

class OutputTest {
  private static UnsafeBuffer text(String text) {
    return new UnsafeBuffer(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static boolean record(ReleasedBeyondCommit beyond, long input, String text) {
    return beyond.record(input, 7, text(text), 0, text.length());
  }

  private static int suppress(ReleasedBeyondCommit beyond, String text) {
    return beyond.suppress(7, text(text), 0, text.length());
  }

  @Test
  void shouldReleaseInOrderAndOnlyUpToTheEpoch() {
    HeldOutput held = new HeldOutput(100, 8);
    StringBuilder left = new StringBuilder();
    HeldOutput.Consumer client =
        (epoch, buffer, offset, length) ->
            left.append(epoch).append(buffer.getStringWithoutLengthAscii(offset, length));
    assertThat(held.hold(1, text("a"), 0, 1)).isTrue();
    assertThat(held.hold(2, text("b"), 0, 1)).isTrue();
    assertThat(held.hold(2, text("c"), 0, 1)).isTrue();
    assertThat(held.release(0, client)).isZero();
    assertThat(held.release(1, client)).isEqualTo(1);
    assertThat(held.discardAfter(1)).isEqualTo(2);
    assertThat(held.release(9, client)).isZero();
    assertThat(left).hasToString("1a");
  }

  @Test
  void shouldRefuseWhenThereIsNoRoom() {
    HeldOutput held = new HeldOutput(4, 8);
    assertThat(held.hold(1, text("abc"), 0, 3)).isTrue();
    assertThat(held.hold(1, text("de"), 0, 2)).isFalse();
    held.discard();
    assertThat(held.hold(1, text("defg"), 0, 4)).isTrue();
    assertThatThrownBy(() -> held.hold(0, text("x"), 0, 1)).hasMessageContaining("epoch 0");
  }

  @Test
  void shouldSuppressExactlyWhatLeftWhenReplayed() {
    ReleasedBeyondCommit beyond = new ReleasedBeyondCommit(8);
    record(beyond, 1, "one");
    record(beyond, 2, "tw");
    beyond.commit(1);
    beyond.startReplay();
    assertThat(suppress(beyond, "two")).isEqualTo(2);
    assertThat(suppress(beyond, "three")).isZero();
    assertThat(beyond.endReplay()).isZero();
    assertThat(beyond.differences()).isZero();
    assertThat(beyond.suppressedBytes()).isEqualTo(2);
  }

  @Test
  void shouldNotDependOnHowReplayCutsItsOutput() {
    ReleasedBeyondCommit beyond = new ReleasedBeyondCommit(8);
    record(beyond, 1, "ab");
    record(beyond, 1, "cd");
    record(beyond, 2, "ef");
    beyond.startReplay();
    assertThat(suppress(beyond, "a")).isEqualTo(1);
    assertThat(suppress(beyond, "bcde")).isEqualTo(4);
    assertThat(suppress(beyond, "fgh")).isEqualTo(1);
    assertThat(beyond.endReplay()).isZero();
  }

  @Test
  void shouldRaiseTheAlarmWhenReplayDiffersOrMakesLess() {
    ReleasedBeyondCommit beyond = new ReleasedBeyondCommit(8);
    record(beyond, 1, "abc");
    beyond.startReplay();
    assertThat(suppress(beyond, "abX")).isEqualTo(-1);
    beyond.clear();
    record(beyond, 1, "abc");
    beyond.startReplay();
    assertThat(suppress(beyond, "ab")).isEqualTo(2);
    assertThat(beyond.endReplay()).isEqualTo(1);
    assertThat(beyond.differences()).isEqualTo(2);
  }

  @Test
  void shouldRefuseToRecordWhenFull() {
    ReleasedBeyondCommit beyond = new ReleasedBeyondCommit(2);
    assertThat(record(beyond, 1, "a")).isTrue();
    assertThat(record(beyond, 2, "a")).isTrue();
    assertThat(record(beyond, 2, "a")).isTrue();
    assertThat(record(beyond, 3, "a")).isFalse();
  }

  @Test
  void shouldNeverGoBackWhenTheClockDoes() {
    StampClock clock = new StampClock();
    assertThat(clock.stamp(100)).isEqualTo(100);
    assertThat(clock.stamp(50)).isEqualTo(100);
    clock.continueFrom(1000, 60); // another node's time after a takeover
    assertThat(clock.stamp(61)).isEqualTo(1001);
  }
}
