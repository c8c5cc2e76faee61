package org.understudy.vm.running;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.track.CapturedSet;
import org.understudy.checkpoint.track.CompareTracker;
import org.understudy.checkpoint.track.DirtyTracker;
import org.understudy.checkpoint.track.PageScan;
import org.understudy.checkpoint.track.PagemapScanTracker;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.vm.machine.TrackerChoice;
import org.understudy.vm.machine.VmSettings;
import org.understudy.vm.track.OutsideTracking;
import org.understudy.vm.track.SoftDirtyTracking;
import org.understudy.vm.track.TrackingException;

/**
 * Dirty pages of a running machine, by the best tracker that works for this QEMU. Begins at the
 * first copy: a guest that just took over serves its clients before that.
 */
public final class MemoryTracking implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.vm");

  private final VmSettings settings;
  private final MappedGuestMemory memory;
  private final long pid;
  private TimedScan scan;
  private volatile DirtyTracker tracker;

  MemoryTracking(VmSettings settings, MappedGuestMemory memory, long pid) {
    this.settings = settings;
    this.memory = memory;
    this.pid = pid;
  }

  String name() {
    DirtyTracker current = tracker;
    return current == null ? "not started" : current.name();
  }

  boolean isTracking() {
    return tracker != null && tracker.isTracking();
  }

  /** The next capture has every page that exists, and what is written from now on. */
  void start() {
    if (tracker == null) {
      TrackerChoice.Chosen<DirtyTracker> chosen = settings.tracker().first(this::create);
      tracker = chosen.made();
      LOG.info("dirty pages are found by {}", chosen.inWords());
    }
    tracker.start(new ExistingPages());
  }

  /** Asked after the tracker began to watch: a page that comes to exist later was written. */
  private final class ExistingPages implements IntPredicate {
    private BitSet used;

    @Override
    public boolean test(int page) {
      if (used == null) {
        used = UsedPages.of(memory);
      }
      return used.get(page);
    }
  }

  private DirtyTracker create(TrackerKind kind) {
    if (kind == TrackerKind.COMPARE) {
      return new CompareTracker(memory);
    }
    scan = new TimedScan(scan(kind));
    return new PagemapScanTracker(memory, settings.stagingPages(), scan);
  }

  private PageScan scan(TrackerKind kind) {
    long bytes = memory.layout().totalBytes();
    return kind == TrackerKind.SOFT_DIRTY
        ? SoftDirtyTracking.start(pid, memory.path(), bytes)
        : OutsideTracking.start(pid, memory.path(), bytes, memory.extents(), settings.timeoutNs());
  }

  /**
   * Tries to ask the kernel for what a QEMU writes.
   *
   * @throws TrackingException where it does not say
   */
  public static void tryOut(TrackerKind kind, VmSettings settings, long pid, Path memoryFile) {
    long bytes = settings.config().memoryBytes();
    if (kind == TrackerKind.SOFT_DIRTY) {
      SoftDirtyTracking.start(pid, memoryFile, bytes).close();
    } else {
      OutsideTracking.tryOut(pid, memoryFile, bytes, settings.timeoutNs());
    }
  }

  CapturedSet flip(CaptureKind kind) {
    return tracker.flip(kind);
  }

  /** Of the last flip, for finding the pages rather than copying them. */
  long scanNs() {
    return scan == null ? 0 : scan.lastNs();
  }

  void awaitResume() {
    tracker.awaitResume();
  }

  void stop() {
    if (tracker != null) {
      tracker.stop();
    }
  }

  @Override
  public void close() {
    if (tracker != null) {
      tracker.close();
    }
  }
}
