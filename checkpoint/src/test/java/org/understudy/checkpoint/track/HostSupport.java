package org.understudy.checkpoint.track;

import org.junit.jupiter.api.Assumptions;

/** Skips, by name, what this host cannot do. */
final class HostSupport {
  private HostSupport() {}

  static void requirePagemapScan() {
    TrackerProbe.probe().stream()
        .filter(finding -> finding.kind() == TrackerKind.PAGEMAP_SCAN)
        .forEach(finding ->
            Assumptions.assumeTrue(
                finding.available(), () -> "pagemap-scan needs " + finding.reason()));
  }
}
