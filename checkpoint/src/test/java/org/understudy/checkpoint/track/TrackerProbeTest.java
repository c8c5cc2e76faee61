package org.understudy.checkpoint.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.track.TrackerProbe.Finding;

class TrackerProbeTest {
  @Test
  void shouldFindBarrierAndCompareOnEveryHost() {
    List<Finding> findings = TrackerProbe.probe();
    System.out.println(findings);
    assertThat(findings).extracting(Finding::kind).containsExactly(TrackerKind.values());
    assertThat(findings)
        .filteredOn(Finding::available)
        .extracting(Finding::kind)
        .contains(TrackerKind.WRITE_BARRIER, TrackerKind.COMPARE);
    assertThat(findings).allSatisfy(f -> assertThat(f.reason()).isNotBlank().doesNotContain("\n"));
  }

  @Test
  void shouldPickTheBestThatWorksWhenWritersDoNotCallTheBarrier() {
    Finding barrier = new Finding(TrackerKind.WRITE_BARRIER, true, "");
    Finding scan = new Finding(TrackerKind.PAGEMAP_SCAN, true, "");
    Finding noScan = new Finding(TrackerKind.PAGEMAP_SCAN, false, "userfaultfd is forbidden");
    Finding compare = new Finding(TrackerKind.COMPARE, true, "");
    assertThat(TrackerProbe.pick(List.of(barrier, scan, compare), true))
        .isEqualTo(TrackerKind.WRITE_BARRIER);
    assertThat(TrackerProbe.pick(List.of(barrier, scan, compare), false))
        .isEqualTo(TrackerKind.PAGEMAP_SCAN);
    assertThat(TrackerProbe.pick(List.of(barrier, noScan, compare), false))
        .isEqualTo(TrackerKind.COMPARE);
    assertThatThrownBy(() -> TrackerProbe.pick(List.of(barrier, noScan), false))
        .hasMessageContaining("userfaultfd is forbidden");
  }

  @Test
  void shouldKnowKindsByTheirSetting() {
    for (TrackerKind kind : TrackerKind.values()) {
      assertThat(TrackerKind.of(kind.setting())).isEqualTo(kind);
    }
    assertThatThrownBy(() -> TrackerKind.of("magic")).hasMessageContaining("'magic'");
  }
}
