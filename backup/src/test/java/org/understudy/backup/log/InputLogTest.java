package org.understudy.backup.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.guest.InputKind;

class InputLogTest {
  private final UnsafeBuffer bytes = new UnsafeBuffer(new byte[256]);

  private record Entry(long sequence, long stamp, long session, byte first, int length) {}

  @Test
  void shouldRefuseWhenFullAndTakeAgainWhenTrimmed() {
    InputLog log = new InputLog(100, 16);
    assertThat(log.append(1, InputKind.BYTES, 5, bytes, 0, 60)).isEqualTo(1);
    assertThat(log.append(2, InputKind.BYTES, 5, bytes, 0, 60)).isZero();
    assertThat(log.refused()).isEqualTo(1);
    log.trim(1);
    assertThat(log.append(2, InputKind.BYTES, 5, bytes, 0, 100)).isEqualTo(2);
    assertThat(log.percentFull()).isEqualTo(100);
  }

  @Test
  void shouldRefuseWhenTheIndexIsFull() {
    InputLog log = new InputLog(1000, 4);
    for (int i = 0; i < 4; i++) {
      assertThat(log.append(i, InputKind.SESSION_OPENED, i, bytes, 0, 0)).isEqualTo(i + 1);
    }
    assertThat(log.append(9, InputKind.SESSION_CLOSED, 9, bytes, 0, 0)).isZero();
  }

  @Test
  void shouldRefuseACommitOfInputsThatWereNeverLogged() {
    InputLog log = new InputLog(100, 16);
    assertThatThrownBy(() -> log.trim(1)).hasMessageContaining("last one logged is 0");
  }

  @Test
  void shouldSayWhichInputIsMissingWhenAskedForTrimmedOnes() {
    InputLog log = new InputLog(100, 16);
    log.append(1, InputKind.BYTES, 5, bytes, 0, 1);
    log.append(2, InputKind.BYTES, 5, bytes, 0, 1);
    log.trim(1);
    assertThatThrownBy(() -> log.forEachAfter(0, (a, b, c, d, e, f, g) -> true))
        .hasMessageContaining("input 1 is not in the log");
  }

  @Test
  void shouldGoOnAfterAGivenInputWhenRestarted() {
    InputLog log = new InputLog(100, 16);
    log.append(1, InputKind.BYTES, 5, bytes, 0, 1);
    log.restartAfter(900);
    assertThat(log.count()).isZero();
    assertThat(log.append(1, InputKind.BYTES, 5, bytes, 0, 1)).isEqualTo(901);
  }

  @Test
  void shouldGiveBackWhatWasAppendedWhenUsedAtRandom() {
    long seed = Long.getLong("log.seed", 20_251_121);
    System.out.println("InputLogTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    InputLog log = new InputLog(700, 64);
    ArrayDeque<Entry> model = new ArrayDeque<>();
    for (int i = 0; i < 200_000; i++) {
      if (random.nextInt(3) > 0) {
        append(random, log, model, i);
      } else if (!model.isEmpty()) {
        long upTo = model.peek().sequence() + random.nextInt(model.size());
        log.trim(upTo);
        model.removeIf(entry -> entry.sequence() <= upTo);
      }
      assertThat(log.count()).isEqualTo(model.size());
    }
  }

  private void append(SplittableRandom random, InputLog log, ArrayDeque<Entry> model, int i) {
    int length = random.nextInt(200);
    bytes.setMemory(0, 256, (byte) i);
    long sequence = log.append(i, InputKind.BYTES, i * 7L, bytes, 0, length);
    if (sequence > 0) {
      model.add(new Entry(sequence, i, i * 7L, (byte) i, length));
    }
    ArrayDeque<Entry> rest = new ArrayDeque<>(model);
    log.forEachAfter(
        log.firstSequence() - 1,
        (number, stamp, kind, session, buffer, offset, count) -> {
          byte first = count == 0 ? (byte) stamp : buffer.getByte(offset + count - 1);
          assertThat(new Entry(number, stamp, session, first, count)).isEqualTo(rest.poll());
          return true;
        });
    assertThat(rest).isEmpty();
  }

  @Test
  void shouldReplayFromItsStartWhenTheImageIsOlder() {
    InputLog log = new InputLog(1024, 8);
    log.restartAfter(78); // a primary at input 76 had dropped 77 and 78
    assertThat(log.replayAfter(76)).isEqualTo(78);
    assertThat(log.replayAfter(80)).isEqualTo(80);
  }
}
