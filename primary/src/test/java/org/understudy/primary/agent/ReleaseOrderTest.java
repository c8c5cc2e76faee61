package org.understudy.primary.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReleaseOrderTest {
  private static final long VALID = 500;
  private final ReleaseOrder order = new ReleaseOrder(VALID);

  @Test
  void shouldNotHoldOnceTheAgentHasNotConfirmedItForTooLong() {
    order.confirm(1000);
    order.upTo(7);
    assertThat(order.epoch()).isEqualTo(7);
    assertThat(order.isValid(1000 + VALID)).isTrue();
    assertThat(order.isValid(1001 + VALID)).as("the process was stopped meanwhile").isFalse();
  }

  @Test
  void shouldHoldAgainWhenTheAgentConfirmsIt() {
    order.confirm(1000);
    order.upTo(7);
    assertThat(order.confirm(1001 + VALID)).as("was late").isTrue();
    assertThat(order.isValid(1001 + VALID)).isTrue();
    assertThat(order.confirm(1002 + VALID)).as("was late").isFalse();
  }
}
