package org.understudy.checkpoint.track;

import java.util.Arrays;
import java.util.List;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.MemoryBound;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.checkpoint.memory.RegionSpec;

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

  /** What a tracker of this kind takes at most beside the memory that it follows. */
  public List<MemoryBound> bounds(RegionLayout layout, int stagingPages) {
    long pages = layout.totalPages();
    MemoryBound copies =
        MemoryBound.ofNative("copies on write", "", (long) stagingPages * RegionSpec.PAGE_BYTES);
    long slots = CopyStaging.heapBytes(stagingPages);
    return switch (this) {
      case WRITE_BARRIER ->
          List.of(
              copies,
              MemoryBound.ofHeap(
                  "write barrier",
                  "guest.memory",
                  WriteBarrier.HEAP_BYTES_PER_PAGE * pages + slots));
      case PAGEMAP_SCAN, SOFT_DIRTY ->
          List.of(
              copies,
              MemoryBound.ofNative("ranges of a scan", "", PagemapScanner.VECTOR_BYTES),
              MemoryBound.ofHeap(
                  "list of written pages",
                  "guest.memory",
                  pages * Integer.BYTES + 2L * (pages / Byte.SIZE + Long.BYTES) + slots));
      case COMPARE ->
          List.of(
              MemoryBound.ofNative("copy to compare with", "guest.memory", layout.totalBytes()),
              MemoryBound.ofHeap("list of written pages", "guest.memory", pages * Integer.BYTES));
    };
  }
}
