package org.understudy.vm.running;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.track.CapturedSet;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.checkpoint.track.TrackerProbe.Finding;
import org.understudy.vm.CountingGuest;
import org.understudy.vm.GuestRig;
import org.understudy.vm.machine.TrackerChoice;
import org.understudy.vm.machine.VmSettings;
import org.understudy.vm.track.OutsideTracking;

/** A tracker that failed for a moment takes over from the one that was taken instead. */
@Timeout(300)
final class BetterTrackerTest {
  private static final int PAGE_BYTES = 4096;
  private static final long SOON_NS = 10_000_000;

  @TempDir Path folder;

  @Test
  void shouldTakeOverWithoutMissingAPage() throws Exception {
    CountingGuest.assumeQemu();
    try (GuestRig rig = GuestRig.running(folder, "guest");
        Arena arena = Arena.ofShared();
        MappedGuestMemory memory =
            MappedGuestMemory.foreign(settings().layout(), rig.memory.path(), rig.memory.path())) {
      rig.awaitCounts(10);
      OutsideTracking inTheWay =
          OutsideTracking.start(
              rig.qemu().pid(),
              memory.path(),
              CountingGuest.MEMORY_BYTES,
              memory.extents(),
              CountingGuest.TIMEOUT_NS);
      try (MemoryTracking tracking =
          new MemoryTracking(settings(), memory, rig.qemu().pid(), SOON_NS)) {
        MemorySegment image = arena.allocate(CountingGuest.MEMORY_BYTES);
        tracking.start();
        epoch(rig, tracking, memory, image);
        assertThat(tracking.name()).startsWith("compare (not by pagemap-scan: ");
        assertThat(tracking.name()).contains("UFFDIO_REGISTER");
        inTheWay.close();
        while (!tracking.name().equals("pagemap-scan")) {
          epoch(rig, tracking, memory, image);
        }
        for (int i = 0; i < 5; i++) {
          epoch(rig, tracking, memory, image);
        }
      }
    }
  }

  /** What the capture has makes the image equal to what the guest has. */
  @SuppressWarnings("restricted") // the page's address is what a capture gives
  private static void epoch(
      GuestRig rig, MemoryTracking tracking, MappedGuestMemory memory, MemorySegment image)
      throws Exception {
    rig.capture().pause(CountingGuest.TIMEOUT_NS);
    CapturedSet pages = tracking.flip(CaptureKind.CHECKPOINT);
    for (int i = 0; i < pages.count(); i++) {
      MemorySegment page = MemorySegment.ofAddress(pages.acquire(i)).reinterpret(PAGE_BYTES);
      MemorySegment.copy(page, 0, image, (long) pages.page(i) * PAGE_BYTES, PAGE_BYTES);
      pages.release(i);
    }
    assertThat(memory.segment().mismatch(image)).as("first byte that differs").isEqualTo(-1);
    pages.releaseAll();
    tracking.awaitResume();
    rig.capture().resume(CountingGuest.TIMEOUT_NS);
    rig.awaitCounts(5);
  }

  private VmSettings settings() throws Exception {
    return new VmSettings(
        CountingGuest.config(folder, folder.resolve("unused")),
        "any",
        folder,
        "test-" + ProcessHandle.current().pid() + "-better",
        java.util.Map.of(),
        List.of(),
        new TrackerChoice(
            List.of(
                new Finding(TrackerKind.PAGEMAP_SCAN, true, ""),
                new Finding(TrackerKind.SOFT_DIRTY, false, "no marks"),
                new Finding(TrackerKind.COMPARE, true, ""))),
        1024,
        List.of(),
        CountingGuest.TIMEOUT_NS,
        CountingGuest.TIMEOUT_NS);
  }
}
