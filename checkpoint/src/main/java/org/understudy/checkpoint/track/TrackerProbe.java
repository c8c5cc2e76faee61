package org.understudy.checkpoint.track;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.util.ArrayList;
import java.util.List;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.checkpoint.memory.RegionSpec;
import org.understudy.host.LinuxCallException;
import org.understudy.host.LinuxCalls;

/** Tries each tracker on a few pages and says which ones this host can do. */
public final class TrackerProbe {
  private static final int PAGES = 8;
  private static final int WRITTEN_PAGE = 5;

  private TrackerProbe() {}

  /**
   * One tracker on this host.
   *
   * @param kind the tracker
   * @param available whether it works here
   * @param reason what it needs and, where it does not work, why; one line
   */
  public record Finding(TrackerKind kind, boolean available, String reason) {}

  /** All trackers, best first. */
  public static List<Finding> probe() {
    List<Finding> findings = new ArrayList<>();
    for (TrackerKind kind : TrackerKind.values()) {
      findings.add(probe(kind));
    }
    return findings;
  }

  /**
   * The best tracker that works here.
   *
   * @param everyWritePassesBarrier whether {@link WriteBarrier#beforeWrite} goes before each write
   */
  public static TrackerKind pick(List<Finding> findings, boolean everyWritePassesBarrier) {
    return findings.stream()
        .filter(Finding::available)
        .map(Finding::kind)
        .filter(kind -> everyWritePassesBarrier || kind != TrackerKind.WRITE_BARRIER)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no dirty tracker works here: " + findings));
  }

  /** One tracker. */
  public static Finding probe(TrackerKind kind) {
    RegionLayout layout = RegionLayout.of("probe", (long) PAGES * RegionSpec.PAGE_BYTES);
    try (GuestMemory memory = MappedGuestMemory.anonymousSmallPages(layout);
        DirtyTracker tracker = kind.create(memory, PAGES)) {
      tracker.start();
      tracker.flip(CaptureKind.CHECKPOINT).releaseAll();
      long offset = (long) WRITTEN_PAGE * RegionSpec.PAGE_BYTES;
      if (tracker instanceof WriteBarrier barrier) {
        barrier.beforeWrite(offset, 1);
      }
      memory.segment().set(JAVA_BYTE, offset, (byte) 1);
      CapturedSet captured = tracker.flip(CaptureKind.CHECKPOINT);
      boolean exact = captured.count() == 1 && captured.page(0) == WRITTEN_PAGE;
      return new Finding(kind, exact, exact ? needs(kind) : fails(kind, captured.count()));
    } catch (LinuxCallException e) {
      return new Finding(kind, false, e.getMessage() + hint(e));
    }
  }

  private static String needs(TrackerKind kind) {
    return switch (kind) {
      case WRITE_BARRIER -> "writers call the barrier";
      case PAGEMAP_SCAN -> "asynchronous write protection and PAGEMAP_SCAN of Linux 6.7";
      case SOFT_DIRTY -> "soft-dirty bits (CONFIG_MEM_SOFT_DIRTY)";
      case COMPARE -> "works anywhere, with as much memory again";
    };
  }

  private static String fails(TrackerKind kind, int reported) {
    if (kind != TrackerKind.SOFT_DIRTY) {
      return "does not report what was written";
    }
    return reported == 0
        ? "this kernel marks no page that was written (CONFIG_MEM_SOFT_DIRTY)"
        : "this host swaps: a page that is swapped out loses its mark";
  }

  private static String hint(LinuxCallException e) {
    return e.errno() == LinuxCalls.EPERM ? "; a seccomp profile may forbid userfaultfd" : "";
  }
}
