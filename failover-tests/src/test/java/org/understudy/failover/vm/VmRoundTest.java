package org.understudy.failover.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VmRoundTest {
  private static final List<VmFault> ALL = List.of(VmFault.values());

  @Test
  void shouldDrawTheSamePlanFromTheSameSeed() {
    List<VmRound> plan = VmRound.plan(ALL, 50, 7);
    assertThat(VmRound.plan(ALL, 50, 7)).isEqualTo(plan);
    assertThat(VmRound.plan(ALL, 50, 8)).isNotEqualTo(plan);
  }

  @Test
  void shouldDoEachKindOnceBeforeAnyComesAgain() {
    List<VmRound> plan = VmRound.plan(ALL, 3 * ALL.size(), 7);
    for (int from = 0; from < plan.size(); from += ALL.size()) {
      assertThat(plan.subList(from, from + ALL.size()).stream().map(VmRound::fault))
          .containsExactlyInAnyOrderElementsOf(ALL);
    }
  }
}
