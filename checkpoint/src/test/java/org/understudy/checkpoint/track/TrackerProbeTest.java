package org.understudy.checkpoint.track;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
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

  /** The kernel's own word, where it gives it, is the judge of the probe. */
  @Test
  void shouldFindSoftDirtyMarksWhereTheKernelWasBuiltWithThem() throws Exception {
    Finding finding = TrackerProbe.probe(TrackerKind.SOFT_DIRTY);
    assertThat(finding.reason()).isNotBlank();
    Path config = Path.of("/proc/config.gz");
    if (!Files.exists(config)) {
      return;
    }
    boolean isBuilt;
    try (InputStream in = new GZIPInputStream(Files.newInputStream(config))) {
      isBuilt = new String(in.readAllBytes(), UTF_8).contains("CONFIG_MEM_SOFT_DIRTY=y");
    }
    boolean isSwapping = Files.readAllLines(Path.of("/proc/swaps")).size() > 1;
    assertThat(finding.available()).isEqualTo(isBuilt && !isSwapping);
    if (!isBuilt && !isSwapping) {
      assertThat(finding.reason()).contains("CONFIG_MEM_SOFT_DIRTY");
    }
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
