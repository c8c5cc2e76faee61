package org.understudy.vm.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResetWordsTest {
  private static final long SECOND_NS = 1_000_000_000;

  private final ResetWords words = new ResetWords();

  @Test
  void shouldTellOneRebootOnce() {
    assertThat(words.isFirst(-SECOND_NS)).isTrue();
    assertThat(words.isFirst(0)).isFalse();
    assertThat(words.isFirst(2 * SECOND_NS)).as("still the same").isFalse();
    assertThat(words.isFirst(6 * SECOND_NS)).as("another one").isTrue();
  }
}
