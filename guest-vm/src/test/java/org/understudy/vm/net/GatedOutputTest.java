package org.understudy.vm.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.understudy.vm.disk.Seeds;

/** The rules of the gate, against a model, whatever the order of calls. */
final class GatedOutputTest {
  private static final int RUNS = 300;
  private static final int STEPS = 400;

  private Random random;
  private GatedOutput held;
  private final List<Integer> left = new ArrayList<>();
  private final Map<FrameBatch, List<Integer>> lent = new HashMap<>();
  private final List<Integer> sinceCut = new ArrayList<>();
  private final Map<Long, Integer> lastOfEpoch = new HashMap<>();
  private int beforeCut;
  private int sent;
  private int mayLeave;
  private boolean holding;
  private long epoch;
  private long released;

  @Test
  void shouldKeepOrderAndLetNothingOutBeforeItsEpoch() {
    long seed = Seeds.next(GatedOutputTest.class);
    for (int run = 0; run < RUNS; run++) {
      random = new Random(seed + run);
      oneRun();
    }
  }

  private void oneRun() {
    left.clear();
    lent.clear();
    sinceCut.clear();
    lastOfEpoch.clear();
    beforeCut = 0;
    sent = 0;
    mayLeave = 0;
    holding = false;
    epoch = 0;
    released = 0;
    held = new GatedOutput(1 << 30, this::exit);
    for (int step = 0; step < STEPS; step++) {
      step();
      assertThat(left.size()).isLessThanOrEqualTo(mayLeave);
      assertThat(held.heldBytes()).isNotNegative();
      assertThat(held.framesLately()).isEqualTo(Math.max(sinceCut.size(), beforeCut));
      lent.forEach((batch, frames) -> assertThat(numbers(batch)).isEqualTo(frames));
    }
    held.pass();
    while (!held.moveOut()) {
      // QEMU takes some each time
    }
    assertThat(left).hasSize(sent);
    assertThat(held.heldBytes()).isZero();
  }

  private void step() {
    switch (random.nextInt(10)) {
      case 0 -> cut();
      case 1 -> release();
      case 2 -> held.moveOut();
      case 3 -> giveBack();
      case 4 -> changeMode();
      default -> send();
    }
  }

  private void send() {
    UnsafeBuffer frame = new UnsafeBuffer(new byte[4 + random.nextInt(3000)]);
    frame.putInt(0, ++sent);
    if (!holding) {
      mayLeave = sent;
    } else {
      sinceCut.add(sent);
    }
    held.onFrame(random.nextInt(2), frame, 0, frame.capacity());
  }

  private void cut() {
    if (holding) {
      FrameBatch batch = held.cutFrames();
      assertThat(numbers(batch)).isEqualTo(sinceCut);
      lent.put(batch, List.copyOf(sinceCut));
      beforeCut = sinceCut.size();
      sinceCut.clear();
      int last = sent;
      if (random.nextBoolean()) {
        send(); // QEMU may be read between the two: it belongs to the next epoch
      }
      held.cut(++epoch);
      lastOfEpoch.put(epoch, last);
    }
  }

  private void release() {
    if (epoch > released) {
      released += 1 + random.nextLong(epoch - released);
      mayLeave = Math.max(mayLeave, lastOfEpoch.get(released));
      held.release(released);
    }
  }

  private void giveBack() {
    if (!lent.isEmpty()) {
      FrameBatch batch = lent.keySet().iterator().next();
      lent.remove(batch);
      held.takeBack(batch);
    }
  }

  private void changeMode() {
    if (random.nextInt(8) == 0) {
      mayLeave = sent;
      sinceCut.clear();
      beforeCut = 0;
      holding = random.nextBoolean();
      if (holding) {
        held.hold();
      } else {
        held.pass();
      }
    }
  }

  private boolean exit(int nic, org.agrona.DirectBuffer buffer, int offset, int length) {
    if (random.nextInt(4) == 0) {
      return false;
    }
    left.add(buffer.getInt(offset));
    assertThat(left.get(left.size() - 1)).as("in order").isEqualTo(left.size());
    return true;
  }

  private static List<Integer> numbers(FrameBatch batch) {
    List<Integer> numbers = new ArrayList<>();
    FrameRecords.forEach(
        batch.buffer(),
        0,
        batch.length(),
        (nic, buffer, offset, length) -> numbers.add(buffer.getInt(offset)));
    return numbers;
  }
}
