package org.understudy.backup.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/** A backup and an arbiter that is another one, or forgets (SAFETY rules O6 and O7). */
class ArbiterOfABackupTest {
  /** What an arbiter shows that is not the primary's, or not any more. */
  enum Wrong {
    NEVER_WRITTEN,
    OTHER_ID,
    OLDER;

    Register of(Register right) {
      return switch (this) {
        case NEVER_WRITTEN -> null;
        case OTHER_ID -> new Register(0x99, right.generation() + 3, right.ownership());
        case OLDER ->
            new Register(
                right.registerId(), right.generation() - 1, new Ownership.Solo(BackupRig.PRIMARY));
      };
    }
  }

  private final BackupRig rig = new BackupRig();

  @ParameterizedTest
  @EnumSource
  void shouldRefuseBeforeAnythingIsAckedWhenItsRegisterIsNotThePrimarys(Wrong wrong) {
    BackupRig other = new BackupRig(0); // as a node whose directory is empty when it starts
    other.register = wrong.of(other.register);
    other.syncing();
    other.checkpoint(0, CaptureKind.CHECKPOINT);
    other.session.onStandbyReady();
    other.await(BackupState.REFUSED);
    assertThat(other.did("ack")).isFalse();
    assertThat(other.did("goodbye RESIGN")).isTrue();
    assertThat(other.reason).contains("file /of-backup", "file /of-primary", "arbiter.dir");
  }

  @Test
  void shouldAckNothingBeforeItHasSeenTheRegisterItself() {
    rig.isArbiterUp = false;
    rig.syncing();
    rig.checkpoint(0, CaptureKind.CHECKPOINT);
    rig.session.onStandbyReady();
    rig.cycles(5000);
    assertThat(rig.did("ack")).isFalse();
    assertThat(rig.session.state()).isEqualTo(BackupState.WHOLE);
    rig.isArbiterUp = true;
    rig.cycles(3500);
    assertThat(rig.did("ack 0")).isTrue();
  }

  @Test
  void shouldAckNothingBeforeTheStandbyIsReady() {
    rig.syncing();
    rig.session.onStandbyReady(); // before there was anything to try
    rig.checkpoint(0, CaptureKind.CHECKPOINT);
    rig.cycles(500);
    assertThat(rig.did("ack")).isFalse();
    rig.session.onStandbyReady();
    rig.cycle();
    assertThat(rig.did("ack 0")).isTrue();
  }

  @Test
  void shouldResignWhenTheWriteThatNamesItDoesNotShowInItsOwnRegister() {
    rig.whole();
    rig.cycles(5);
    rig.named(); // by the primary's word; this node reads a copy of its directory
    rig.await(BackupState.RESIGNING);
    assertThat(rig.reason).contains("went back to generation 1", "file /of-primary");
    assertThat(rig.did("discard")).isFalse();
  }

  @Test
  void shouldStayProtectedWhenTheArbiterFailsRightAfterItNamedThisNode() {
    rig.whole();
    rig.cycles(5);
    rig.register = BackupRig.naming(2);
    rig.isArbiterFailing = true;
    rig.named();
    rig.await(BackupState.PROTECTED);
    rig.checkpoint(1, CaptureKind.CHECKPOINT);
    rig.cycles(5000);
    assertThat(rig.session.state()).isEqualTo(BackupState.PROTECTED);
    assertThat(rig.did("ack 1")).isTrue();
    assertThat(rig.did("release 1")).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void shouldKeepItsImageAndWaitWithItsClaimWhenTheRegisterIsLost(Wrong wrong) {
    rig.protectedHere();
    Register right = rig.register;
    rig.register = wrong.of(right);
    rig.kill();
    rig.await(BackupState.CLAIMING);
    rig.cycles(5000);
    assertThat(rig.session.state()).isEqualTo(BackupState.CLAIMING);
    assertThat(rig.did("discard")).isFalse();
    rig.register = right;
    rig.await(BackupState.TAKING_OVER);
    assertThat(rig.register.ownership()).isEqualTo(new Ownership.Solo(BackupRig.SELF));
  }

  @ParameterizedTest
  @EnumSource
  void shouldHoldOutputAndGiveNothingUpWhenItStoodStillAndTheRegisterIsLost(Wrong wrong) {
    rig.protectedHere();
    Register right = rig.register;
    rig.register = wrong.of(right);
    rig.nowNs += 2 * BackupRig.TIMEOUT_NS; // an own stall
    rig.cycles(1000);
    rig.checkpoint(1, CaptureKind.CHECKPOINT);
    rig.cycles(1000);
    assertThat(rig.did("release 1")).isFalse();
    assertThat(rig.did("discard")).isFalse();
    rig.register = right;
    rig.cycles(1000);
    assertThat(rig.did("release 1")).isTrue();
  }

  @Test
  void shouldReadTheRegisterNowAndThenWhenAPrimaryThatNeverNamedItIsDead() {
    rig.whole();
    rig.cycles(5);
    rig.breakLink();
    rig.kill();
    long before = rig.reads;
    rig.cycles(10_000);
    assertThat(rig.reads - before).isBetween(5L, 25L);
  }

  @Test
  void shouldTakeOverAtOnceWhenTheRegisterNamesItAndThePrimaryDiedBeforeItCouldSaySo() {
    rig.whole();
    rig.cycles(5);
    rig.register = BackupRig.naming(2);
    rig.kill();
    rig.cycles(20);
    assertThat(rig.states).contains(BackupState.CLAIMING);
    rig.await(BackupState.TAKING_OVER);
  }

  @Test
  void shouldIgnoreAnAnswerOfAnOlderGenerationThanItsOwn() {
    rig.whole();
    rig.cycles(5);
    rig.breakLink();
    rig.register = BackupRig.naming(2); // the write landed, its answer is slow
    rig.kill();
    rig.await(BackupState.CLAIMING);
    assertThat(rig.session.generation()).isEqualTo(2);
  }

  @Test
  void shouldNotGoBackWhenAPrimaryThatDoesNotKnowOfItsWriteGrantsAResume() {
    rig.protectedHere();
    rig.breakLink();
    rig.cycles(300);
    rig.answer(1, true);
    rig.cycles(300);
    assertThat(rig.session.generation()).isEqualTo(2);
    assertThat(rig.session.linkSession()).isZero();
    assertThat(rig.did("resend")).isFalse();
    rig.answer(2, true);
    rig.await(BackupState.PROTECTED);
    rig.kill();
    rig.await(BackupState.TAKING_OVER);
  }
}
