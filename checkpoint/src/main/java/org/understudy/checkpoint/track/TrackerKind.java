package org.understudy.checkpoint.track;

import java.util.Arrays;
import org.understudy.checkpoint.memory.GuestMemory;

/** The trackers there are, best first. */
public enum TrackerKind {
  /** {@link WriteBarrier}: every writer calls it. */
  WRITE_BARRIER("write-barrier"),
  /** {@link PagemapScanTracker}: Linux 6.7, any writer. */
  PAGEMAP_SCAN("pagemap-scan"),
  /** {@link CompareTracker}: any host, any writer. */
  COMPARE("compare");

  private final String setting;

  TrackerKind(String setting) {
    this.setting = setting;
  }

  /** Name in settings and status. */
  public String setting() {
    return setting;
  }

  /** The kind of a setting's value. */
  public static TrackerKind of(String setting) {
    return Arrays.stream(values())
        .filter(kind -> kind.setting.equals(setting))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "unknown tracker '" + setting + "': one of write-barrier, pagemap-scan, compare"));
  }

  /** A tracker of this kind; {@code stagingPages} bounds copies where the kind makes any. */
  public DirtyTracker create(GuestMemory memory, int stagingPages) {
    return switch (this) {
      case WRITE_BARRIER -> new WriteBarrier(memory, stagingPages);
      case PAGEMAP_SCAN -> new PagemapScanTracker(memory, stagingPages);
      case COMPARE -> new CompareTracker(memory);
    };
  }
}
