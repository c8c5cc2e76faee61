package org.understudy.checkpoint.track;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;

/** What only this tracker promises: every kind of memory, and writes that nobody announced. */
class PagemapScanTrackerTest {
  private static final int PAGE = TrackedGuest.PAGE;
  private static final RegionLayout LAYOUT = RegionLayout.of("region", 256 * PAGE);

  static Stream<Function<RegionLayout, GuestMemory>> kinds() {
    return Stream.of(
        MappedGuestMemory::anonymous,
        MappedGuestMemory::anonymousSmallPages,
        layout -> MappedGuestMemory.memfd(layout, "test"),
        layout -> MappedGuestMemory.sharedFile(layout, "test-" + System.nanoTime()));
  }

  @BeforeEach
  void requireScan() {
    HostSupport.requirePagemapScan();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void shouldStayExactOnEveryKindOfMemory(Function<RegionLayout, GuestMemory> kind) {
    GuestMemory memory = kind.apply(LAYOUT);
    PagemapScanTracker tracker = new PagemapScanTracker(memory, 64);
    try (TrackedGuest guest = new TrackedGuest(memory, tracker, new Random(3))) {
      guest.start(page -> true);
      for (int epoch = 0; epoch < 20; epoch++) {
        guest.capture(CaptureKind.CHECKPOINT);
        guest.writeAtRandom(50);
        guest.awaitEncoded();
        guest.assertImageIsExact();
      }
    }
  }

  @Test
  void shouldHoldTheGuestWhenStagingHasNoRoomForAllPages() throws InterruptedException {
    try (GuestMemory memory = MappedGuestMemory.anonymous(LAYOUT);
        PagemapScanTracker tracker = new PagemapScanTracker(memory, 2)) {
      tracker.start(page -> page < 3);
      CapturedSet captured = tracker.flip(CaptureKind.CHECKPOINT);
      assertThat(captured.copiedPages()).isEqualTo(2);
      assertThat(captured.acquire(2)).isEqualTo(memory.address() + 2 * PAGE);
      Thread guest = Thread.ofPlatform().start(tracker::awaitResume);
      while (guest.getState() != Thread.State.TIMED_WAITING) {
        assertThat(guest.isAlive()).isTrue();
        Thread.onSpinWait();
      }
      captured.releaseAll();
      guest.join();
      assertThat(tracker.counts().heldBack()).isEqualTo(1);
    }
  }

  @Test
  void shouldReportNothingWhenPagesAreOnlyRead() {
    try (GuestMemory memory = MappedGuestMemory.anonymous(LAYOUT);
        PagemapScanTracker tracker = new PagemapScanTracker(memory, 2)) {
      tracker.start(page -> false);
      long sum = 0;
      for (int page = 0; page < LAYOUT.totalPages(); page++) {
        sum += memory.segment().get(JAVA_BYTE, (long) page * PAGE);
      }
      assertThat(sum).isZero();
      assertThat(tracker.flip(CaptureKind.CHECKPOINT).count()).isZero();
    }
  }
}
