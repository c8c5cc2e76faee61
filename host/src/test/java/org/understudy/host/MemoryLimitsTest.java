package org.understudy.host;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MemoryLimitsTest {
  private static final long MIB = 1024 * 1024;

  @Test
  void shouldSayWhoseLimitItIs() {
    MemoryLimits.requireMemory("x", 10 * MIB, 10 * MIB, Long.MAX_VALUE);
    assertThatThrownBy(() -> MemoryLimits.requireMemory("x", 11 * MIB, 10 * MIB, Long.MAX_VALUE))
        .hasMessage(
            "x needs 11 MiB, but only 10 MiB are available in memory: free memory or use smaller"
                + " regions");
    assertThatThrownBy(() -> MemoryLimits.requireMemory("x", 11 * MIB, 20 * MIB, 10 * MIB))
        .hasMessageContaining("only 10 MiB")
        .hasMessageContaining("control group (/sys/fs/cgroup/memory.max): raise the container's");
  }
}
