package org.understudy.lab.bench.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessCountsTest {
  @Test
  void shouldReadTheKernelsFields() throws IOException {
    List<String> status = List.of("Name:\tqemu", "VmRSS:\t  123456 kB", "Threads:\t7");

    assertThat(ProcessCounts.field(status, "VmRSS")).isEqualTo(123_456);
    assertThat(ProcessCounts.field(status, "Threads")).isEqualTo(7);
    assertThatThrownBy(() -> ProcessCounts.field(status, "RssShmem"))
        .hasMessageContaining("RssShmem");
  }

  @Test
  void shouldCountThisProcess() throws IOException {
    ProcessCounts counts = ProcessCounts.of(ProcessHandle.current().pid());

    assertThat(counts.threads()).isPositive();
    assertThat(counts.descriptors()).isPositive();
    assertThat(counts.ownBytes()).isBetween(1L, counts.residentBytes());
  }
}
