package org.understudy.checkpoint.track;

import java.util.Arrays;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;

/** The trackers there are, best first. */
public enum TrackerKind {
  /** {@link WriteBarrier}: every writer calls it. */
  WRITE_BARRIER("write-barrier"),
  /** {@link PagemapScanTracker}: Linux 6.7, any writer. */
  PAGEMAP_SCAN("pagemap-scan"),
  /** {@link SoftDirtyScan}: kernels with soft-dirty bits, any writer; for a machine's memory. */
  SOFT_DIRTY("soft-dirty"),
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
                "unknown tracker '"
                    + setting
                    + "': one of write-barrier, pagemap-scan, soft-dirty, compare"));
  }

  /** Zeroed memory as this kind likes it: write protection would split huge pages. */
  public GuestMemory newMemory(RegionLayout layout) {
    return this == PAGEMAP_SCAN || this == SOFT_DIRTY
        ? MappedGuestMemory.anonymousSmallPages(layout)
        : MappedGuestMemory.anonymous(layout);
  }

  /** A tracker of this kind; {@code stagingPages} bounds copies where the kind makes any. */
  public DirtyTracker create(GuestMemory memory, int stagingPages) {
    return switch (this) {
      case WRITE_BARRIER -> new WriteBarrier(memory, stagingPages);
      case PAGEMAP_SCAN -> new PagemapScanTracker(memory, stagingPages);
      case SOFT_DIRTY ->
          new PagemapScanTracker(
              memory,
              stagingPages,
              SoftDirtyScan.of(
                  ProcessHandle.current().pid(), memory.address(), memory.layout().totalBytes()));
      case COMPARE -> new CompareTracker(memory);
    };
  }
}
