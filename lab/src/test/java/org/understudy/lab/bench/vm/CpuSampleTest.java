package org.understudy.lab.bench.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.understudy.lab.bench.vm.VcpuTimes.Times;

class CpuSampleTest {
  private static final long SECOND_NS = 1_000_000_000;

  @Test
  void shouldSplitTheOverheadSoThatItsPartsSumUpToIt() {
    CpuSample alone = new CpuSample(1_000, 10 * SECOND_NS, new Times(0, SECOND_NS / 10));
    CpuSample guarded = new CpuSample(800, 10 * SECOND_NS, new Times(0, SECOND_NS / 2));

    assertThat(guarded.unitsPerSecond()).isEqualTo(80);
    assertThat(guarded.overheadPercent(alone)).isCloseTo(20, within(1e-9));
    assertThat(guarded.waitPercent() - alone.waitPercent()).isCloseTo(4, within(1e-9));
    assertThat(guarded.restPercent(alone, 10)).isCloseTo(6, within(1e-9));
  }

  @Test
  void shouldTakeTheThreadThatRanMostForTheProcessor() {
    VcpuTimes before =
        new VcpuTimes(Map.of("1", Times.parse("9000 5 7\n"), "2", Times.parse("100 10 3\n")));
    VcpuTimes after =
        new VcpuTimes(
            Map.of("1", new Times(9_100, 6), "2", new Times(5_100, 40), "3", new Times(70, 0)));

    assertThat(after.busiestSince(before)).isEqualTo(new Times(5_000, 30));
  }
}
