package org.understudy.node.role;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.guest.CopyAmount;
import org.understudy.node.status.NodeStatus;

class SyncProgressTest {
  private static final long MEMORY_BYTES = 1 << 20;
  private static final long SECOND_NS = 1_000_000_000;

  private long rounds;
  private long pagesLeft;
  private long wireBytesSent;
  private CopyAmount disks = CopyAmount.NONE;

  private final SyncProgress progress =
      new SyncProgress(
          new SyncProgress.Source() {
            @Override
            public long rounds() {
              return rounds;
            }

            @Override
            public long pagesLeft() {
              return pagesLeft;
            }

            @Override
            public CopyAmount besideMemory() {
              return disks;
            }

            @Override
            public long wireBytesSent() {
              return wireBytesSent;
            }
          },
          MEMORY_BYTES);

  @Test
  void shouldCountDisksUntilTheyAreCopied() {
    progress.onCopyStarts();
    disks = new CopyAmount(10 << 20, 4 << 20);
    pagesLeft = 2;
    NodeStatus.Sync sync = progress.view(SECOND_NS);
    assertThat(sync.totalBytes()).isEqualTo(MEMORY_BYTES + (10 << 20));
    assertThat(sync.remainingBytes()).isEqualTo(2 * 4096 + (4 << 20));
  }

  @Test
  void shouldHaveAllOfTheMemoryToGoUntilItsFirstRoundIsCaptured() {
    assertThat(progress.view(SECOND_NS).remainingBytes()).as("no copy").isZero();
    progress.onCopyStarts();
    assertThat(progress.view(2 * SECOND_NS).remainingBytes()).isEqualTo(MEMORY_BYTES);
    pagesLeft = 7;
    assertThat(progress.view(3 * SECOND_NS).remainingBytes()).isEqualTo(7 * 4096);
    pagesLeft = 0;
    assertThat(progress.view(4 * SECOND_NS).remainingBytes()).isZero();
    progress.onCopyStarts();
    assertThat(progress.view(5 * SECOND_NS).remainingBytes()).isEqualTo(MEMORY_BYTES);
  }

  @Test
  void shouldCountNothingOfACopyThatWasGivenUp() {
    progress.onCopyStarts();
    rounds = 3;
    wireBytesSent = 5000;
    progress.view(SECOND_NS);
    progress.onCopyStarts();
    wireBytesSent += 70;
    NodeStatus.Sync sync = progress.view(2 * SECOND_NS);
    assertThat(sync.round()).isZero();
    assertThat(sync.sentBytes()).isEqualTo(70);
    assertThat(sync.bytesPerSecond()).isZero();
  }

  @Test
  void shouldSayHowFastItGoesOverTheLastSecond() {
    progress.onCopyStarts();
    progress.view(SECOND_NS);
    wireBytesSent = 3000;
    assertThat(progress.view(3 * SECOND_NS).bytesPerSecond()).isEqualTo(1500);
  }
}
