package org.understudy.checkpoint.track;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;

/** On an emulated kernel, as few have the marks. */
class SoftDirtyTrackerContractTest extends DirtyTrackerContract {
  private static final int PAGE = TrackedGuest.PAGE;

  @Override
  DirtyTracker create(GuestMemory memory, int stagingPages) {
    HostSupport.requirePagemapScan();
    return new PagemapScanTracker(memory, stagingPages, EmulatedMarks.scan(memory));
  }

  @Test
  void shouldForgetNothingThatIsWrittenWhileARoundIsTaken() {
    RegionLayout layout = RegionLayout.of("region", 16L * PAGE);
    try (GuestMemory memory = MappedGuestMemory.anonymousSmallPages(layout)) {
      EmulatedMarks marks = new EmulatedMarks(memory);
      SoftDirtyScan scan = new SoftDirtyScan(marks, memory.address(), layout.totalBytes());
      try (DirtyTracker tracker = new PagemapScanTracker(memory, 16, scan)) {
        tracker.start(page -> false);
        // A round that took marks away would take this one too, unread.
        marks.beforeClear = () -> memory.segment().set(JAVA_BYTE, 3L * PAGE, (byte) 1);
        tracker.flip(CaptureKind.ROUND).releaseAll();
        memory.segment().set(JAVA_BYTE, 3L * PAGE, (byte) 1);
        marks.beforeClear = () -> {};
        CapturedSet captured = tracker.flip(CaptureKind.CHECKPOINT);
        assertThat(captured.count()).isEqualTo(1);
        assertThat(captured.page(0)).isEqualTo(3);
        captured.releaseAll();
        assertThat(tracker.flip(CaptureKind.CHECKPOINT).count()).isZero();
      }
    }
  }
}
