package org.understudy.checkpoint.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ZeroPagesTest {
  @Test
  void shouldSeeASingleByteWhenItIsTheFirstOrTheLastOfAPage() {
    try (GuestMemory memory = MappedGuestMemory.anonymous(RegionLayout.of("a", 4 * 4096))) {
      memory.segment().set(JAVA_BYTE, 4096, (byte) 1);
      memory.segment().set(JAVA_BYTE, 3 * 4096 - 1, (byte) 1);
      assertThat(ZeroPages.isZero(memory, 0)).isTrue();
      assertThat(ZeroPages.isZero(memory, 1)).isFalse();
      assertThat(ZeroPages.isZero(memory, 2)).isFalse();
      assertThat(ZeroPages.isZero(memory, 3)).isTrue();
    }
  }
}
