package org.understudy.node.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.node.status.NodeState;

class UnprotectedReminderTest {
  private static final long INTERVAL_NS = 10;

  private final UnprotectedReminder reminder = new UnprotectedReminder(INTERVAL_NS);

  /** Instants of an interval at which it was due, looked at each nanosecond. */
  private List<Long> due(boolean hasGuest, NodeState state, long from, long to) {
    List<Long> due = new ArrayList<>();
    for (long now = from; now < to; now++) {
      if (reminder.isDue(hasGuest, state, now)) {
        due.add(now);
      }
    }
    return due;
  }

  @Test
  void shouldRemindOnceAnIntervalWhileTheGuestHasNoCopy() {
    long start = Long.MAX_VALUE - 5; // such a clock may turn over
    assertThat(due(true, NodeState.SOLO, start, Long.MAX_VALUE)).isEmpty();
    assertThat(due(true, NodeState.CONNECTING, Long.MIN_VALUE, Long.MIN_VALUE + 30))
        .containsExactly(start + 10, start + 20, start + 30);
  }

  @Test
  void shouldBeginAnewWhenItWasProtectedInBetween() {
    assertThat(due(true, NodeState.SOLO, 0, 9)).isEmpty();
    assertThat(due(true, NodeState.PROTECTED, 9, 100)).isEmpty();
    assertThat(due(true, NodeState.LINK_LOST, 100, 115)).containsExactly(110L);
  }

  @Test
  void shouldSayNothingAtANodeThatHasNoGuest() {
    assertThat(due(false, NodeState.CONNECTING, 0, 100)).isEmpty();
    assertThat(due(true, NodeState.ENDED, 100, 200)).isEmpty();
  }
}
