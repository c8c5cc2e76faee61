package org.understudy.backup.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.session.Reject;

/** No committed image is given up without a fresh look at a register that answers (rule O9). */
class LeavingBackupTest {
  /** Why a backup with a committed image leaves. */
  enum Why {
    CANNOT_COMMIT,
    STOPPED,
    CORRUPT,
    REFUSED_FOR_GOOD;

    void happenTo(BackupRig rig) {
      switch (this) {
        case CANNOT_COMMIT -> rig.session.requestResign("no space left");
        case STOPPED -> rig.session.requestStop("stopped by its operator");
        case CORRUPT -> {
          for (int i = 0; i < 5; i++) {
            rig.session.onCorrupt("checksum");
          }
        }
        case REFUSED_FOR_GOOD -> {
          rig.session.events().onLinkDown();
          rig.cycles(3);
          rig.session.onHelloReject(
              BackupRig.PRIMARY, rig.hello.helloId(), Reject.LAYOUT, "other regions");
        }
        default -> throw new IllegalStateException();
      }
    }
  }

  private final BackupRig rig = new BackupRig();

  @ParameterizedTest
  @EnumSource
  void shouldTakeOverWhenThePrimaryDiesBeforeItClaimedSolo(Why why) {
    rig.protectedHere();
    why.happenTo(rig);
    rig.await(BackupState.RESIGNING);
    rig.kill();
    rig.await(BackupState.TAKING_OVER);
    assertThat(rig.did("discard")).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void shouldTakeOverWhenTheWriteThatNamesItHadLandedAndNobodyCouldSaySo(Why why) {
    rig.whole();
    rig.cycles(5);
    rig.register = BackupRig.naming(2);
    why.happenTo(rig);
    rig.kill();
    rig.await(BackupState.TAKING_OVER);
    assertThat(rig.did("discard")).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void shouldLeaveSoonWhenThePrimaryHasClaimedSolo(Why why) {
    rig.protectedHere();
    why.happenTo(rig);
    rig.await(BackupState.RESIGNING);
    rig.register = BackupRig.solo(3);
    rig.cycles(250);
    assertThat(rig.session.state()).isEqualTo(BackupState.RESIGNED);
    assertThat(rig.did("discard")).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void shouldKeepTheImageForAsLongAsTheArbiterDoesNotAnswer(Why why) {
    rig.protectedHere();
    rig.isArbiterFailing = true;
    why.happenTo(rig);
    rig.cycles(60_000);
    assertThat(rig.session.state()).isEqualTo(BackupState.RESIGNING);
    rig.isArbiterFailing = false;
    rig.kill();
    rig.await(BackupState.TAKING_OVER);
  }

  @ParameterizedTest
  @EnumSource
  void shouldLeaveOnceThePrimarySaysThatItHasGivenTheCopyUp(Why why) {
    rig.whole();
    rig.cycles(5);
    why.happenTo(rig);
    rig.cycles(20_000);
    assertThat(rig.session.state())
        .as("a write that names it may be on its way for any time")
        .isEqualTo(BackupState.RESIGNING);
    rig.letGo();
    rig.cycles(250);
    assertThat(rig.session.state()).isEqualTo(BackupState.RESIGNED);
  }

  @Test
  void shouldNotLeaveOnAWordWithoutALookAtTheRegister() {
    rig.whole();
    rig.cycles(5);
    rig.isArbiterFailing = true;
    rig.session.requestResign("no space left");
    rig.await(BackupState.RESIGNING);
    rig.letGo();
    rig.cycles(20_000);
    assertThat(rig.session.state()).isEqualTo(BackupState.RESIGNING);
    rig.isArbiterFailing = false;
    rig.await(BackupState.RESIGNED);
  }

  /** Dead for certain, or only silent behind a cut link: nobody can say more of it. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldNotLeaveWhenThePrimaryIsDeadAndTheRegisterMayHaveGoneBack(boolean isGone) {
    rig.whole();
    rig.cycles(5);
    rig.session.requestStop("stopped by its operator");
    rig.await(BackupState.RESIGNING);
    rig.isPrimaryAlive = false;
    if (isGone) {
      rig.kill();
    }
    rig.cycles(60_000);
    assertThat(rig.session.state()).as("nobody else has a copy").isEqualTo(BackupState.RESIGNING);
    rig.register = BackupRig.naming(2);
    rig.await(BackupState.TAKING_OVER);
  }

  @Test
  void shouldLeaveWhenItsOperatorInsistsAlthoughThePrimaryIsDead() {
    rig.whole();
    rig.session.requestStop("stopped by its operator");
    rig.await(BackupState.RESIGNING);
    rig.kill();
    rig.cycles(5000);
    rig.session.requestStopNow("stopped by its operator");
    rig.cycle();
    assertThat(rig.session.state()).isEqualTo(BackupState.RESIGNED);
  }

  @Test
  void shouldTakeTheImageAlongWhenItsOperatorInsists() {
    rig.protectedHere();
    rig.isPrimaryAlive = false; // in doubt: silent, not yet dead
    rig.session.requestStop("stopped by its operator");
    rig.cycles(500);
    assertThat(rig.session.state()).isEqualTo(BackupState.RESIGNING);
    rig.session.requestStopNow("stopped by its operator");
    rig.cycle();
    assertThat(rig.session.state()).isEqualTo(BackupState.RESIGNED);
  }

  @Test
  void shouldOwnTheGuestAndGoOnWhenItWasStoppedOnceAndThePrimaryTurnsOutDead() {
    rig.protectedHere();
    rig.isPrimaryAlive = false;
    rig.session.requestStop("stopped by its operator");
    rig.await(BackupState.TAKING_OVER);
    assertThat(rig.register.ownership()).isEqualTo(new Ownership.Solo(BackupRig.SELF));
    assertThat(rig.session.isStopWanted()).isFalse();
    rig.session.requestStopNow("stopped by its operator");
    assertThat(rig.session.isStopWanted()).isTrue();
  }

  @Test
  void shouldLeaveAtOnceWhenItHoldsNoCommittedImage() {
    rig.syncing();
    rig.session.requestStop("stopped by its operator");
    rig.cycle();
    assertThat(rig.session.state()).isEqualTo(BackupState.RESIGNED);
    assertThat(rig.session.isLingering(rig.nowNs)).isTrue();
  }

  @Test
  void shouldBeCopiedAnewWhenItsImageIsKnownToDiffer() {
    rig.protectedHere();
    rig.session.onImageWrong("the image differs at epoch 1");
    rig.await(BackupState.RESIGNING);
    assertThat(rig.did("goodbye RESIGN")).isTrue();
    rig.register = BackupRig.solo(3);
    rig.await(BackupState.CONNECTING);
    assertThat(rig.did("discard")).isTrue();
    rig.cycles(200);
    assertThat(rig.hello.completeImage()).isFalse();
    rig.answer(3, false);
    rig.await(BackupState.SYNCING);
  }

  @Test
  void shouldNeverTakeOverFromAnImageThatIsKnownToDiffer() {
    rig.protectedHere();
    rig.session.onImageWrong("the image differs at epoch 1");
    rig.kill();
    rig.await(BackupState.RESIGNED);
    assertThat(rig.states).doesNotContain(BackupState.CLAIMING);
    assertThat(rig.reason).contains("differs at epoch 1", "primary died");
  }

  @Test
  void shouldRenewTheLinkAfterTenHellosThatReachNobody() {
    rig.cycles(3000);
    assertThat(rig.did("renew")).isFalse();
    rig.isConnected = false;
    rig.cycles(900);
    assertThat(rig.did("renew")).isFalse();
    rig.cycles(200);
    assertThat(rig.did("renew")).isTrue();
  }

  @Test
  void shouldWaitLongForASilentPrimaryWhileNothingIsProtected() {
    rig.syncing();
    rig.isPrimaryAlive = false;
    rig.cycles(5000);
    assertThat(rig.session.state()).isEqualTo(BackupState.SYNCING);
    rig.cycles(6000);
    assertThat(rig.states).contains(BackupState.CONNECTING);
  }

  @Test
  void shouldSendASignOfLifeAsSoonAsTheLinkHasRoomForOne() {
    rig.syncing();
    rig.isLinkFull = true;
    rig.cycles(500);
    long before = rig.heartbeats;
    rig.isLinkFull = false;
    rig.cycle();
    assertThat(rig.heartbeats - before).isEqualTo(1);
  }

  @Test
  void shouldWaitOneTimeoutForASilentPrimaryFromTheCommitOfEpochZeroOn() {
    rig.syncing();
    rig.isPrimaryAlive = false;
    rig.cycles(3000);
    rig.checkpoint(0, CaptureKind.CHECKPOINT);
    rig.await(BackupState.WHOLE);
    rig.cycles(400);
    assertThat(rig.session.state())
        .as("what was no silence does not become one")
        .isEqualTo(BackupState.WHOLE);
    rig.cycles(700);
    assertThat(rig.session.state()).isEqualTo(BackupState.LINK_LOST);
  }

  @Test
  void shouldSendLastAnswersForABoundedTimeWhenTheGuestEnded() {
    rig.protectedHere();
    rig.checkpoint(1, CaptureKind.FINAL);
    rig.kill();
    rig.await(BackupState.ENDED);
    assertThat(rig.did("endClients")).isTrue();
    assertThat(rig.session.mayStillSend(rig.nowNs)).isTrue();
    assertThat(rig.session.mayStillSend(rig.nowNs + 6000 * BackupRig.MS)).isFalse();
  }
}
