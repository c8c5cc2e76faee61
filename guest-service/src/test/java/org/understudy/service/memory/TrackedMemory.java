package org.understudy.service.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.checkpoint.track.CapturedSet;
import org.understudy.checkpoint.track.DirtyTracker;
import org.understudy.checkpoint.track.PagemapScanTracker;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.checkpoint.track.TrackerProbe;
import org.understudy.checkpoint.track.WriteBarrier;

/**
 * Protected memory with its write barrier, watched by an oracle that does not need the barrier:
 * PAGEMAP_SCAN where the host has it, and a comparison of everything in any case.
 */
final class TrackedMemory implements AutoCloseable {
  private static final boolean SCAN_WORKS =
      TrackerProbe.probe().stream()
          .anyMatch(finding -> finding.kind() == TrackerKind.PAGEMAP_SCAN && finding.available());

  private final MappedGuestMemory mapped;
  private final WriteBarrier barrier;
  private final DirtyTracker scan;
  private final ProtectedMemory memory;
  private final byte[] before;
  private final BitSet changed = new BitSet();

  TrackedMemory(int pages) {
    mapped = MappedGuestMemory.anonymousSmallPages(RegionLayout.of("test", pages * 4096L));
    barrier = new WriteBarrier(mapped, pages);
    scan = SCAN_WORKS ? new PagemapScanTracker(mapped, pages) : null;
    memory = ProtectedMemory.over(mapped.segment(), barrier);
    before = new byte[pages * 4096];
    barrier.start();
    if (scan != null) {
      scan.start();
    }
    flip();
  }

  ProtectedMemory memory() {
    return memory;
  }

  /** Starts a new epoch and forgets what changed. */
  void flip() {
    flip(barrier);
    if (scan != null) {
      flip(scan);
    }
    MemorySegment.copy(mapped.segment(), ValueLayout.JAVA_BYTE, 0, before, 0, before.length);
  }

  private static BitSet flip(DirtyTracker tracker) {
    CapturedSet captured = tracker.flip(CaptureKind.CHECKPOINT);
    BitSet pages = new BitSet();
    for (int i = 0; i < captured.count(); i++) {
      pages.set(captured.page(i));
    }
    captured.releaseAll();
    tracker.awaitResume();
    return pages;
  }

  /** Every page that the oracles saw written is in the barrier's set; a new epoch begins. */
  void assertBarrierCoversChanges() {
    BitSet reported = flip(barrier);
    changed.clear();
    MemorySegment now = mapped.segment();
    MemorySegment then = MemorySegment.ofArray(before);
    for (int page = 0; page < before.length / 4096; page++) {
      long from = page * 4096L;
      if (MemorySegment.mismatch(now, from, from + 4096, then, from, from + 4096) >= 0) {
        changed.set(page);
      }
    }
    if (scan != null) {
      changed.or(flip(scan));
    }
    changed.andNot(reported);
    assertThat(changed.isEmpty()).as("pages written past the barrier: %s", changed).isTrue();
    MemorySegment.copy(now, ValueLayout.JAVA_BYTE, 0, before, 0, before.length);
  }

  @Override
  public void close() {
    if (scan != null) {
      scan.close();
    }
    barrier.close();
    mapped.close();
  }
}
