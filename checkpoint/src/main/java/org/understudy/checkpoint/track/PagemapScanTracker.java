package org.understudy.checkpoint.track;

import java.util.function.IntPredicate;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.RegionSpec;

/**
 * Dirty tracking by the kernel: asynchronous write protection, read by {@code PAGEMAP_SCAN}, or
 * another {@link PageScan}. For memory of this process, whoever writes it and however, or for
 * memory that is shared with another process and written by that one.
 *
 * <p>The pause has the scan and, for a checkpoint, a copy of each dirty page: first the scan of
 * everything, then the copies, as a scan flushes address translations for each 2 MiB that it
 * protects. Threads that run meanwhile make that flush up to twenty times as expensive, so they
 * should be parked. Where staging has no room for all pages the rest is read in place, and {@link
 * #awaitResume} holds the guest until the capture is released.
 */
public final class PagemapScanTracker implements DirtyTracker {
  private final GuestMemory memory;
  private final int totalPages;
  private final int[] pages;
  private final FirstCapture first;
  private final PageScan scan;
  private final CopyStaging staging;
  private final StagedCapture capture;
  private final CountedEvents counts = new CountedEvents();
  private final GuestHold hold = new GuestHold(counts);
  private final PageScan.Runs toList = this::addToList;
  private final PageScan.Runs toFirst = this::addToFirst;
  private int count;
  private boolean tracking;
  private boolean closed;

  /**
   * A tracker of memory of this process.
   *
   * @param stagingPages copies that can be made in the pause
   * @throws org.understudy.host.LinuxCallException where the host cannot do it
   */
  public PagemapScanTracker(GuestMemory memory, int stagingPages) {
    this(memory, stagingPages, new OwnPageScan(memory));
  }

  /**
   * A tracker of memory that another process writes.
   *
   * @param memory the same memory, as mapped here
   * @param scan what that process wrote; closed with the tracker
   */
  public PagemapScanTracker(GuestMemory memory, int stagingPages, PageScan scan) {
    this.memory = memory;
    this.scan = scan;
    totalPages = memory.layout().totalPages();
    pages = new int[totalPages];
    first = new FirstCapture(totalPages);
    staging = CopyStaging.map(stagingPages);
    staging.populate();
    capture = new StagedCapture(memory, staging, pages);
  }

  @Override
  public String name() {
    return scan.name();
  }

  @Override
  public void start(IntPredicate mayBeNonZero) {
    stop();
    scan.arm();
    first.start(totalPages, mayBeNonZero);
    tracking = true;
  }

  @Override
  public boolean isTracking() {
    return tracking;
  }

  @Override
  public CapturedSet flip(CaptureKind kind) {
    if (kind == CaptureKind.NONE || !tracking || !capture.isReleased()) {
      throw new IllegalStateException(
          "cannot flip: kind "
              + kind
              + ", tracking "
              + tracking
              + ", capture before released "
              + capture.isReleased());
    }
    count = 0;
    if (first.isDue()) {
      scan(kind, toFirst);
      count = first.drainTo(pages);
    } else {
      scan(kind, toList);
    }
    counts.onCapture(count);
    counts.onCopied(capture.open(count, kind));
    return capture;
  }

  private void scan(CaptureKind kind, PageScan.Runs runs) {
    if (kind == CaptureKind.ROUND) {
      scan.scan(runs);
    } else {
      scan.scanPaused(runs);
    }
  }

  private void addToList(int start, int end) {
    for (int page = start; page < end; page++) {
      pages[count++] = page;
    }
  }

  private void addToFirst(int start, int end) {
    for (int page = start; page < end; page++) {
      first.add(page);
    }
  }

  @Override
  public void awaitResume() {
    while (capture.readsInPlace()) {
      hold.pause();
    }
    hold.end();
  }

  @Override
  public void stop() {
    capture.releaseAll();
    first.cancel();
    tracking = false;
  }

  @Override
  public int dirtyPages() {
    return 0;
  }

  @Override
  public long memoryBytes() {
    return (long) pages.length * Integer.BYTES
        + first.memoryBytes()
        + scan.memoryBytes()
        + (long) staging.slots() * RegionSpec.PAGE_BYTES;
  }

  @Override
  public TrackerCounts counts() {
    return counts.snapshot();
  }

  @Override
  public void close() {
    stop();
    if (!closed) {
      closed = true;
      scan.close();
      staging.close();
      capture.close();
    }
  }
}
