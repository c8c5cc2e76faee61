package org.understudy.checkpoint.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.CapturedPages;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;

class WriteBarrierTest {
  private static final int PAGE = TrackedGuest.PAGE;
  private static final int PAGES = 16;

  private final GuestMemory memory =
      MappedGuestMemory.anonymous(RegionLayout.of("region", PAGES * PAGE));

  @AfterEach
  void unmap() {
    memory.close();
  }

  @Test
  void shouldMarkEveryPageThatAWriteTouchesWhenItStraddles() {
    try (WriteBarrier barrier = new WriteBarrier(memory, 1)) {
      barrier.start(page -> false);
      barrier.beforeWrite(PAGE - 1, 1);
      assertThat(barrier.dirtyPages()).isEqualTo(1);
      barrier.beforeWrite(PAGE - 1, 2);
      assertThat(barrier.dirtyPages()).isEqualTo(2);
      barrier.beforeWrite(PAGE - 1, 3 * PAGE + 2);
      assertThat(barrier.dirtyPages()).isEqualTo(5);
      barrier.beforeWrite(0, (long) PAGES * PAGE);
      assertThat(barrier.dirtyPages()).isEqualTo(PAGES);
    }
  }

  @Test
  void shouldMarkNothingWhenAWriteIsEmpty() {
    try (WriteBarrier barrier = new WriteBarrier(memory, 1)) {
      barrier.start(page -> false);
      barrier.beforeWrite(0, 0);
      barrier.beforeWrite((long) PAGES * PAGE, 0);
      assertThat(barrier.dirtyPages()).isZero();
    }
  }

  @Test
  void shouldNameTheBlocksAroundEachWriteWhenPagesWereWrittenInParts() {
    try (WriteBarrier barrier = new WriteBarrier(memory, 1)) {
      barrier.start(page -> false);
      barrier.flip(CaptureKind.CHECKPOINT).releaseAll();
      barrier.beforeWrite(0, 1);
      barrier.beforeWrite(255, 2);
      barrier.beforeWrite(2 * PAGE - 1, 1);
      barrier.beforeWrite(2 * PAGE - 1, PAGE + 2);
      CapturedSet captured = barrier.flip(CaptureKind.CHECKPOINT);
      barrier.beforeWrite(512, 1); // copies the page; not of this epoch
      assertThat(captured.copiedPages()).isEqualTo(1);
      assertThat(writtenBlocks(captured))
          .containsExactly(0xFFL, 0xFL << 60, CapturedPages.ALL_BLOCKS, 0xFL);
      captured.releaseAll();
      CapturedSet next = barrier.flip(CaptureKind.CHECKPOINT);
      assertThat(writtenBlocks(next)).containsExactly(0xF00L);
    }
  }

  @Test
  void shouldNameAllBlocksWhenWhatWasThereAtTheStartIsCaptured() {
    try (WriteBarrier barrier = new WriteBarrier(memory, 1)) {
      barrier.start(page -> page == 4);
      barrier.beforeWrite(5 * PAGE, 1);
      CapturedSet round = barrier.flip(CaptureKind.ROUND);
      assertThat(writtenBlocks(round))
          .containsExactly(CapturedPages.ALL_BLOCKS, CapturedPages.ALL_BLOCKS);
      round.releaseAll();
    }
  }

  private static long[] writtenBlocks(CapturedSet captured) {
    long[] blocks = new long[captured.count()];
    for (int i = 0; i < blocks.length; i++) {
      captured.acquire(i);
      blocks[i] = captured.writtenBlocks(i);
      captured.release(i);
    }
    return blocks;
  }

  @Test
  void shouldMarkNothingWhenTrackingIsOff() {
    try (WriteBarrier barrier = new WriteBarrier(memory, 1)) {
      barrier.beforeWrite(0, 8);
      barrier.start(page -> false);
      barrier.stop();
      barrier.beforeWrite(0, 8);
      assertThat(barrier.dirtyPages()).isZero();
      assertThat(barrier.isTracking()).isFalse();
    }
  }

  @Test
  void shouldCopyOnlyPagesThatAreNotEncodedYetWhenTheyAreWrittenAgain() {
    try (WriteBarrier barrier = new WriteBarrier(memory, 4)) {
      barrier.start(page -> false);
      barrier.beforeWrite(0, 4 * PAGE);
      CapturedSet captured = barrier.flip(CaptureKind.CHECKPOINT);
      captured.acquire(0);
      captured.release(0);
      barrier.beforeWrite(0, 1);
      assertThat(captured.copiedPages()).isZero();
      barrier.beforeWrite(PAGE, 1);
      barrier.beforeWrite(8 * PAGE, 1);
      assertThat(captured.copiedPages()).isEqualTo(1);
      assertThat(captured.acquire(1)).isNotEqualTo(memory.address() + PAGE);
      assertThat(captured.acquire(2)).isEqualTo(memory.address() + 2 * PAGE);
      assertThat(barrier.counts().copiedPages()).isEqualTo(1);
      assertThat(barrier.counts().heldBack()).isZero();
    }
  }

  @Test
  void shouldCopyNothingWhenTheCaptureIsARoundOrReleased() {
    try (WriteBarrier barrier = new WriteBarrier(memory, 4)) {
      barrier.start();
      CapturedSet captured = barrier.flip(CaptureKind.ROUND);
      barrier.beforeWrite(0, 3 * PAGE);
      captured.releaseAll();
      barrier.flip(CaptureKind.CHECKPOINT).releaseAll();
      barrier.beforeWrite(0, PAGE);
      assertThat(barrier.counts().copiedPages()).isZero();
    }
  }

  @Test
  void shouldHoldTheWriterBackWhenStagingIsFull() throws InterruptedException {
    try (WriteBarrier barrier = new WriteBarrier(memory, 1)) {
      barrier.start(page -> false);
      barrier.beforeWrite(0, 2 * PAGE);
      CapturedSet captured = barrier.flip(CaptureKind.CHECKPOINT);
      Thread writer = Thread.ofPlatform().start(() -> barrier.beforeWrite(0, 2 * PAGE));
      // Sleeping in the hold is the only way in which the writer can wait with a time-out.
      while (writer.getState() != Thread.State.TIMED_WAITING) {
        assertThat(writer.isAlive()).isTrue();
        Thread.onSpinWait();
      }
      assertThat(captured.copiedPages()).isEqualTo(1);
      captured.acquire(0);
      captured.release(0);
      writer.join();
      assertThat(captured.copiedPages()).isEqualTo(2);
      assertThat(barrier.counts().heldBack()).isEqualTo(1);
      assertThat(barrier.counts().heldBackNs()).isPositive();
    }
  }

  @Test
  void shouldStayExactWhenTagsStartAgain() {
    GuestMemory region = MappedGuestMemory.anonymous(RegionLayout.of("region", 64 * PAGE));
    WriteBarrier barrier = new WriteBarrier(region, 8, Integer.MAX_VALUE - 10);
    try (TrackedGuest guest = new TrackedGuest(region, barrier, new Random(1))) {
      guest.start(page -> true);
      for (int epoch = 0; epoch < 40; epoch++) {
        guest.capture(CaptureKind.CHECKPOINT);
        guest.writeAtRandom(50);
        guest.awaitEncoded();
        guest.assertImageIsExact();
      }
    }
  }

  @Test
  void shouldStartWhenTheLastTagIsUsed() {
    try (WriteBarrier barrier = new WriteBarrier(memory, 1, Integer.MAX_VALUE)) {
      barrier.start(page -> page == 3);
      barrier.beforeWrite(3 * PAGE, 1);
      assertThat(barrier.flip(CaptureKind.CHECKPOINT).count()).isEqualTo(1);
    }
  }

  @Test
  void shouldRefuseWhenAPageIsAcquiredTwiceOrReleasedUnacquired() {
    try (WriteBarrier barrier = new WriteBarrier(memory, 1)) {
      barrier.start();
      CapturedSet captured = barrier.flip(CaptureKind.CHECKPOINT);
      assertThatThrownBy(() -> captured.release(0)).isInstanceOf(IllegalStateException.class);
      captured.acquire(0);
      assertThatThrownBy(() -> captured.acquire(0)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void shouldRefuseStagingOfNoPages() {
    assertThatThrownBy(() -> new WriteBarrier(memory, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not 0");
  }

  @Test
  void shouldSayHowMuchMemoryItTakes() {
    try (WriteBarrier barrier = new WriteBarrier(memory, 2)) {
      assertThat(barrier.memoryBytes()).isEqualTo(PAGES * 36 + 2 * PAGE);
    }
  }
}
