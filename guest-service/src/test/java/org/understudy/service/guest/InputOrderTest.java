package org.understudy.service.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.guest.InputKind;

/** Inputs do not overtake orders of the node that were given before them. */
class InputOrderTest {
  private final UnsafeBuffer nothing = new UnsafeBuffer(new byte[0]);
  private final InputRing ring = new InputRing(1 << 16);
  private final List<Long> taken = new ArrayList<>();

  private int poll(long number) {
    return ring.pollUpTo(
        (sequence, stampNs, kind, session, buffer, offset, length) -> taken.add(sequence),
        10,
        number);
  }

  private void offer(long sequence) {
    assertThat(ring.offer(sequence, 0, InputKind.BYTES, 1, nothing, 0, 0)).isTrue();
  }

  @Test
  void shouldLeaveWhatCameAfterTheOrdersWereLookedAt() {
    offer(1);
    offer(2);
    long seen = ring.offered();
    offer(3);
    assertThat(poll(seen)).isEqualTo(2);
    assertThat(poll(seen)).isZero();
    assertThat(taken).containsExactly(1L, 2L);
    assertThat(poll(ring.offered())).isEqualTo(1);
    assertThat(taken).containsExactly(1L, 2L, 3L);
  }
}
