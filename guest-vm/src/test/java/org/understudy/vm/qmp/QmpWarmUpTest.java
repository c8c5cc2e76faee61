package org.understudy.vm.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QmpWarmUpTest {
  @Test
  void shouldUnderstandWhatItHearsAndSays() {
    assertThat(QmpWarmUp.run()).isEqualTo(5_000 * 8);
  }
}
