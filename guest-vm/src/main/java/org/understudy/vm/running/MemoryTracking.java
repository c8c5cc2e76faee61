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
  private static final long AGAIN_NS = 30_000_000_000L;

  private final VmSettings settings;
  private final MappedGuestMemory memory;
  private final long pid;
  private final long againNs;
  private TimedScan scan;
  private BetterTracker better;
  private volatile TimedScan betterScan;

  /** Watches from the last pause on, and takes over in the next. */
  private DirtyTracker next;

  private volatile String why = "";
  private volatile DirtyTracker tracker;

  MemoryTracking(VmSettings settings, MappedGuestMemory memory, long pid) {
    this(settings, memory, pid, AGAIN_NS);
  }

  /**
   * @param againNs after which a better tracker that failed is tried again first
   */
  MemoryTracking(VmSettings settings, MappedGuestMemory memory, long pid, long againNs) {
    this.settings = settings;
    this.memory = memory;
    this.pid = pid;
    this.againNs = againNs;
  }

  /** With the reason, where it is not the best. */
  String name() {
    DirtyTracker current = tracker;
    if (current == null) {
      return "not started";
    }
    String reason = why;
    return reason.isEmpty() ? current.name() : current.name() + " (not by " + reason + ")";
  }

  boolean isTracking() {
    return tracker != null && tracker.isTracking();
  }

  /** The next capture has every page that exists, and what is written from now on. */
  void start() {
    if (tracker == null) {
      TrackerChoice.Chosen<DirtyTracker> chosen = settings.tracker().first(this::create);
      tracker = chosen.made();
      tell(chosen);
    }
    if (next != null) {
      next.stop(); // it has not seen what this copy begins with
      swap();
    }
    tracker.start(new ExistingPages());
  }

  private void tell(TrackerChoice.Chosen<DirtyTracker> chosen) {
    why = chosen.left().failures();
    if (!chosen.mayBeBetter(settings.tracker())) {
      LOG.info("dirty pages are found by {}", chosen.inWords());
      return;
    }
    LOG.warn(
        "dirty pages are found by {}: pauses are longer than they need be; it is tried again",
        chosen.inWords());
    better = new BetterTracker(this::createBetter, againNs);
  }

  private DirtyTracker createBetter() {
    betterScan = new TimedScan(scan(TrackerKind.PAGEMAP_SCAN));
    return new PagemapScanTracker(memory, settings.stagingPages(), betterScan);
  }

  /** In a pause in which the present tracker has found everything up to now. */
  private void prepareNext() {
    if (better != null && next == null) {
      next = better.take();
      if (next != null) {
        next.start(page -> false);
      }
    }
  }

  /** The one before has nothing left that anybody reads. */
  private void swap() {
    tracker.close();
    tracker = next;
    scan = betterScan;
    next = null;
    better.close();
    better = null;
    why = "";
    LOG.info("dirty pages are found by {} from now on", tracker.name());
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
    if (next != null) {
      swap();
    }
    CapturedSet found = tracker.flip(kind);
    if (kind == CaptureKind.CHECKPOINT) {
      prepareNext();
    }
    return found;
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
    if (better != null) {
      better.close();
    }
    if (next != null) {
      next.close();
    }
    if (tracker != null) {
      tracker.close();
    }
  }
}
