package org.understudy.primary.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.guest.CaptureKind;

class InitialCopyTest {
  private static final PrimarySettings SETTINGS = PrimarySettings.of(1_000_000_000);
  private static final long FEW = SETTINGS.roundTargetPages();
  private static final long MANY = FEW + 1;

  private final List<CaptureKind> asked = new ArrayList<>();
  private final InitialCopy copy = new InitialCopy(SETTINGS, asked::add, () -> {});

  @Test
  void shouldMakeRoundsUntilOneIsSmall() {
    copy.onRoundShipped(MANY);
    copy.onRoundShipped(PrimarySession.UNFINISHED);
    assertThat(copy.rounds()).as("one that disks need does not count").isEqualTo(1);
    copy.onRoundShipped(FEW);
    assertThat(asked).containsExactly(CaptureKind.ROUND, CaptureKind.ROUND, CaptureKind.CHECKPOINT);
  }

  @Test
  void shouldMakeNoMoreRoundsThanAreSetForAGuestThatWritesFasterThanTheyShip() {
    for (int round = 0; round < SETTINGS.maxRounds(); round++) {
      copy.onRoundShipped(MANY);
    }
    assertThat(asked).hasSize(SETTINGS.maxRounds()).endsWith(CaptureKind.CHECKPOINT);
    assertThat(asked.indexOf(CaptureKind.CHECKPOINT)).isEqualTo(SETTINGS.maxRounds() - 1);
  }

  @Test
  void shouldCloseTheGateOnlyWhenTheBackupHasTriedEpochZeroAndCaughtUp() {
    copy.onRoundShipped(FEW);
    copy.onEpochShipped(0);
    copy.onEpochShipped(1); // captured by its pace while the backup tries epoch 0
    assertThat(asked).containsExactly(CaptureKind.CHECKPOINT);

    copy.onAcked(1);
    copy.onEpochShipped(1); // what was captured before the ack may be long ago
    assertThat(asked).containsExactly(CaptureKind.CHECKPOINT, CaptureKind.CHECKPOINT);

    copy.onEpochShipped(2);
    assertThat(asked).hasSize(3).endsWith(CaptureKind.GATE);
  }

  @Test
  void shouldBeWholeWhenTheCheckpointThatClosedTheGateIsAcked() {
    copy.onAcked(0);
    copy.onCaptured(CaptureKind.CHECKPOINT, 1);
    copy.onEpochShipped(1);
    copy.onCaptured(CaptureKind.CHECKPOINT, 2); // by its pace, before the guest saw the request
    copy.onCaptured(CaptureKind.GATE, 3);
    assertThat(copy.isWhole(2)).as("output left after it").isFalse();
    assertThat(copy.isWhole(3)).isTrue();
  }

  @Test
  void shouldAskForTheGateOnceSinceClosingItAgainWouldLetOutWhatItHolds() {
    copy.onAcked(0);
    copy.onEpochShipped(1);
    copy.onEpochShipped(2);
    copy.onAcked(2);
    copy.onCaptured(CaptureKind.GATE, 3);
    copy.onEpochShipped(3);
    assertThat(asked).containsExactly(CaptureKind.CHECKPOINT, CaptureKind.GATE);
  }

  @Test
  void shouldBeginAnewWithTheNextCopy() {
    copy.onAcked(0);
    copy.onEpochShipped(1);
    copy.onCaptured(CaptureKind.GATE, 2);
    copy.reset();
    assertThat(copy.isWhole(10)).isFalse();
    copy.onAcked(0);
    copy.onEpochShipped(1);
    assertThat(asked).endsWith(CaptureKind.CHECKPOINT, CaptureKind.GATE).hasSize(4);
  }
}
