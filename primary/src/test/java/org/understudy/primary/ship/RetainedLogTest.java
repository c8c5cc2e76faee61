package org.understudy.primary.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;
import org.understudy.protocol.wire.MessageSender;
import org.understudy.protocol.wire.MessageSink;
import org.understudy.protocol.wire.SendStatus;
import org.understudy.protocol.wire.SessionStamp;

class RetainedLogTest {
  private static final int HEADER = 24;
  private final List<Integer> received = new ArrayList<>();
  private int budget = Integer.MAX_VALUE;
  private final MessageSink sink = this::take;
  private final MessageSender sender = new MessageSender(sink, new SessionStamp());

  private SendStatus take(DirectBuffer buffer, int offset, int length) {
    if (budget-- <= 0) {
      return SendStatus.BACK_PRESSURED;
    }
    received.add(buffer.getInt(offset + HEADER, ByteOrder.LITTLE_ENDIAN));
    return SendStatus.SENT;
  }

  private static boolean append(RetainedLog log, int value, int length) {
    if (!log.reserve(length)) {
      return false;
    }
    log.buffer().putInt(log.offset() + HEADER, value, ByteOrder.LITTLE_ENDIAN);
    log.commit(length);
    return true;
  }

  @Test
  void shouldSendAgainInOrderWhenRewound() {
    RetainedLog log = new RetainedLog(8 << 20);
    long second = 0;
    for (int i = 0; i < 10; i++) {
      second = i == 2 ? log.appendPosition() : second;
      append(log, i, 400_000);
    }
    log.send(sender, Long.MAX_VALUE);
    log.trim(second);
    log.rewind(second);
    received.clear();
    log.send(sender, Long.MAX_VALUE);
    assertThat(received).containsExactly(2, 3, 4, 5, 6, 7, 8, 9);
  }

  private void epoch(RetainedLog log, int chunks) {
    for (int i = 0; i < chunks; i++) {
      assertThat(append(log, i, RetainedLog.CHUNK_BYTES - 64)).isTrue();
    }
    log.send(sender, Long.MAX_VALUE);
    log.trim(log.sendPosition());
  }

  /** Pages that are given back come again one by one, each by a fault, in every epoch. */
  @Test
  void shouldKeepWhatEachEpochNeedsAndGiveBackWhatOneNeeded() {
    RetainedLog log = new RetainedLog(256 << 20);
    for (int i = 0; i < 50; i++) {
      epoch(log, 60);
      assertThat(log.memoryBytes()).isGreaterThanOrEqualTo(60L << 20);
    }
    for (int i = 0; i < 100; i++) {
      epoch(log, 2);
    }
    assertThat(log.memoryBytes()).isLessThanOrEqualTo(20L << 20);
    epoch(log, 60);
    log.clear();
    assertThat(log.memoryBytes()).isLessThanOrEqualTo(20L << 20);
  }

  @Test
  void shouldRefuseWhenFullAndGoOnAfterTrim() {
    RetainedLog log = new RetainedLog(4 << 20);
    int appended = 0;
    while (append(log, appended, 600_000)) {
      appended++;
    }
    assertThat(appended).isEqualTo(4);
    assertThat(log.memoryBytes()).isLessThanOrEqualTo(log.limitBytes());
    log.send(sender, Long.MAX_VALUE);
    log.trim(log.sendPosition());
    assertThat(append(log, appended, 600_000)).isTrue();
  }

  @Test
  void shouldWorkInFewChunksWhenEverythingIsAckedSoon() {
    RetainedLog log = new RetainedLog(64 << 20);
    for (int i = 0; i < 1_000; i++) {
      append(log, i, 300_000);
      log.send(sender, Long.MAX_VALUE);
      log.trim(log.sendPosition());
    }
    assertThat(log.memoryBytes()).isLessThanOrEqualTo(2L << 20);
    log.clear();
    assertThat(append(log, 0, 300_000)).isTrue();
    assertThat(log.memoryBytes()).isLessThanOrEqualTo(2L << 20);
  }

  @Test
  void shouldKeepOrderUnderRandomSizesBackPressureAndTrims() {
    long seed = Long.getLong("understudy.seed", System.nanoTime());
    System.out.println("RetainedLogTest seed " + seed);
    Random random = new Random(seed);
    RetainedLog log = new RetainedLog(6 << 20);
    Deque<Integer> expected = new ArrayDeque<>();
    int next = 0;
    for (int step = 0; step < 20_000; step++) {
      if (append(log, next, 28 + random.nextInt(200_000))) {
        expected.add(next++);
      }
      received.clear();
      budget = random.nextInt(4);
      log.send(sender, 1 << 20);
      for (int value : received) {
        assertThat(value).isEqualTo(expected.remove());
      }
      if (random.nextInt(3) == 0) {
        log.trim(log.sendPosition());
      }
    }
    assertThat(next).isGreaterThan(1_000);
  }
}
