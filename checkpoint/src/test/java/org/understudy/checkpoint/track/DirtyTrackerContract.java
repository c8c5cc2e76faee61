package org.understudy.checkpoint.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;

/** What every tracker must do. Replay a failure with {@code -Dtracker.seed=SEED}. */
abstract class DirtyTrackerContract {
  private static final int PAGE = TrackedGuest.PAGE;
  private static final int PAGES = 1_024;
  private static final int FEW_STAGING_PAGES = 16;

  private final long seed = Long.getLong("tracker.seed", System.nanoTime());
  private TrackedGuest guest;

  /** The tracker under test. */
  abstract DirtyTracker create(GuestMemory memory, int stagingPages);

  /** Memory as the tracker meets it in use. */
  GuestMemory map(RegionLayout layout) {
    return MappedGuestMemory.anonymous(layout);
  }

  @BeforeEach
  void createGuest() {
    System.out.println(getClass().getSimpleName() + ": -Dtracker.seed=" + seed);
    GuestMemory memory = map(RegionLayout.of("region", (long) PAGES * PAGE));
    guest = new TrackedGuest(memory, create(memory, FEW_STAGING_PAGES), new Random(seed));
  }

  @AfterEach
  void closeGuest() {
    if (guest != null) { // null where this host cannot do it
      guest.close();
    }
  }

  @Test
  void shouldCaptureEveryEpochExactlyWhenTheGuestWritesOn() {
    guest.writeAtRandom(100);
    guest.start(page -> true);
    for (int epoch = 0; epoch < 200; epoch++) {
      guest.capture(CaptureKind.CHECKPOINT);
      guest.writeAtRandom(guest.random.nextInt(200));
      guest.awaitEncoded();
      guest.assertImageIsExact();
    }
  }

  @Test
  void shouldCaptureExactlyWhenTheWritingThreadIsParked() {
    guest.start(page -> true);
    try (ParkableWriter writer = new ParkableWriter(guest)) {
      for (int epoch = 0; epoch < 50; epoch++) {
        writer.park();
        guest.capture(CaptureKind.CHECKPOINT);
        writer.resume();
        guest.awaitEncoded();
        guest.assertImageIsExact();
      }
    }
  }

  @Test
  void shouldBecomeExactWhenRoundsAreReadWhileTheGuestWrites() {
    guest.writeAtRandom(500);
    guest.start(page -> true);
    for (int round = 0; round < 20; round++) {
      guest.capture(CaptureKind.ROUND);
      do {
        guest.writeAtRandom(1);
      } while (guest.isEncoding());
      guest.awaitEncoded();
    }
    guest.capture(CaptureKind.CHECKPOINT);
    guest.writeAtRandom(100);
    guest.awaitEncoded();
    guest.assertImageIsExact();
  }

  @Test
  void shouldReportOnlyWhatMayBeNonZeroWhenStarted() {
    guest.write(5 * PAGE, (byte) 1);
    guest.start(page -> page == 5 || page == 6);
    guest.write(9 * PAGE - 1, (byte) 1, (byte) 2);
    guest.capture(CaptureKind.ROUND);
    guest.awaitEncoded();
    guest.assertImageIsExact();
  }

  @Test
  void shouldReportAPageInBothCapturesWhenItIsWrittenInBothEpochs() {
    guest.start(page -> false);
    guest.write(7 * PAGE, (byte) 1);
    CapturedSet first = guest.tracker.flip(CaptureKind.CHECKPOINT);
    assertThat(first.count()).isEqualTo(1);
    assertThat(first.page(0)).isEqualTo(7);
    guest.write(7 * PAGE, (byte) 2);
    assertThat(firstByte(first.acquire(0))).isEqualTo((byte) 1);
    first.release(0);
    first.releaseAll();
    CapturedSet second = guest.tracker.flip(CaptureKind.CHECKPOINT);
    assertThat(second.count()).isEqualTo(1);
    assertThat(firstByte(second.acquire(0))).isEqualTo((byte) 2);
    second.release(0);
    second.releaseAll();
    assertThat(guest.tracker.flip(CaptureKind.CHECKPOINT).count()).isZero();
    assertThat(guest.tracker.counts().captures()).isEqualTo(3);
    assertThat(guest.tracker.counts().capturedPages()).isEqualTo(2);
  }

  @Test
  void shouldStartAnewWhenStoppedInTheMiddleOfACapture() {
    guest.start(page -> true);
    guest.writeAtRandom(50);
    CapturedSet abandoned = guest.tracker.flip(CaptureKind.CHECKPOINT);
    abandoned.acquire(0);
    guest.tracker.stop();
    assertThat(guest.tracker.isTracking()).isFalse();
    assertThatThrownBy(() -> abandoned.acquire(1)).isInstanceOf(IllegalStateException.class);
    guest.writeAtRandom(50);
    guest.start(page -> true);
    for (int epoch = 0; epoch < 3; epoch++) {
      guest.capture(CaptureKind.CHECKPOINT);
      guest.writeAtRandom(50);
      guest.awaitEncoded();
      guest.assertImageIsExact();
    }
  }

  @Test
  void shouldRefuseAFlipWhenTheCaptureBeforeIsNotReleased() {
    assertThatThrownBy(() -> guest.tracker.flip(CaptureKind.CHECKPOINT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("tracking false");
    guest.start(page -> true);
    guest.tracker.flip(CaptureKind.CHECKPOINT);
    assertThatThrownBy(() -> guest.tracker.flip(CaptureKind.CHECKPOINT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("capture before released false");
  }

  @Test
  void shouldTrackTheLastPageWhenTheRegionIsLargerThanTwoGiB() {
    RegionLayout layout = RegionLayout.of("large", (3L << 30) + PAGE);
    int last = layout.totalPages() - 1;
    try (GuestMemory memory = map(layout);
        DirtyTracker tracker = create(memory, FEW_STAGING_PAGES)) {
      tracker.start(page -> false);
      for (int page : new int[] {0, 600_000, last}) {
        long offset = (long) page * PAGE + 8;
        if (tracker instanceof WriteBarrier barrier) {
          barrier.beforeWrite(offset, Long.BYTES);
        }
        memory.segment().set(java.lang.foreign.ValueLayout.JAVA_LONG, offset, -1 - page);
      }
      CapturedSet captured = tracker.flip(CaptureKind.CHECKPOINT);
      assertThat(captured.count()).isEqualTo(3);
      assertThat(captured.page(1)).isEqualTo(600_000);
      assertThat(captured.page(2)).isEqualTo(last);
      assertThat(firstByte(captured.acquire(2) + 8)).isEqualTo((byte) (-1 - last));
      captured.release(2);
    }
  }

  @SuppressWarnings("restricted") // the captured page comes as an address
  static byte firstByte(long address) {
    return java.lang.foreign.MemorySegment.ofAddress(address)
        .reinterpret(1)
        .get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0);
  }

  /** Writes on a thread of its own until told to park, and says when it has. */
  private static final class ParkableWriter implements AutoCloseable {
    private final AtomicBoolean shouldPark = new AtomicBoolean();
    private final AtomicBoolean parked = new AtomicBoolean();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final CompletableFuture<Void> outcome = new CompletableFuture<>();
    private final TrackedGuest guest;
    private final Thread thread;

    ParkableWriter(TrackedGuest guest) {
      this.guest = guest;
      thread = Thread.ofPlatform().start(this::run);
    }

    private void run() {
      try {
        while (!ended.get()) {
          guest.writeAtRandom(1);
          while (shouldPark.get() && !ended.get()) {
            parked.set(true);
            LockSupport.park();
          }
          parked.set(false);
        }
        outcome.complete(null);
      } catch (Throwable e) {
        outcome.completeExceptionally(e);
      }
    }

    void park() {
      shouldPark.set(true);
      while (!(parked.get() && thread.getState() == Thread.State.WAITING)) {
        assertThat(outcome).isNotDone();
        Thread.onSpinWait();
      }
    }

    void resume() {
      parked.set(false);
      shouldPark.set(false);
      LockSupport.unpark(thread);
    }

    @Override
    public void close() {
      ended.set(true);
      LockSupport.unpark(thread);
      outcome.join();
    }
  }
}
