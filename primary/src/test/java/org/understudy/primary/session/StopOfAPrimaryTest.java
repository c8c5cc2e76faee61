package org.understudy.primary.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.understudy.pair.ownership.Ownership;

/** A node that is stopped by its operator gives its guest to the other one, or stays. */
class StopOfAPrimaryTest {
  private final PrimaryRig rig = new PrimaryRig();

  /** The backup does as it is told. */
  private void backupTakesOver() {
    rig.await(PrimaryState.HANDED_OVER);
    assertThat(rig.did("goodbye SWITCHOVER")).isTrue();
    rig.register = rig.register.next(new Ownership.Solo(PrimaryRig.BACKUP));
    rig.await(PrimaryState.MOVED);
  }

  private void stop() {
    rig.session.requestStop("stopped by its operator");
  }

  private void insist() {
    rig.session.requestStopNow("stopped by its operator");
  }

  @Test
  void shouldHandAProtectedGuestOverAndEndNothing() {
    rig.protectedPair();
    stop();
    backupTakesOver();
    assertThat(rig.states).doesNotContain(PrimaryState.ENDING);
  }

  @Test
  void shouldPutAGuestAsideThatNobodyElseHas() {
    rig.cycles(10);
    stop();
    rig.cycles(10);
    assertThat(rig.session.state()).isEqualTo(PrimaryState.SAVING);
    assertThat(rig.hello()).as("no copy begins any more").isFalse();
    assertThat(rig.register.ownership()).isEqualTo(new Ownership.Solo(PrimaryRig.SELF));
    rig.saved = "";
    rig.await(PrimaryState.SAVED);
    assertThat(rig.register.ownership()).isEqualTo(new Ownership.Saved(PrimaryRig.SELF));
    assertThat(rig.did("stopGuest")).isTrue();
    assertThat(rig.session.isEndRegistered()).isTrue();
  }

  @Test
  void shouldGoOnWithAGuestThatCannotBeSavedAndHandItOverOnceItIsProtected() {
    rig.cycles(10);
    rig.saved = "the disk is full";
    stop();
    rig.cycles(20_000);
    assertThat(rig.session.state()).isEqualTo(PrimaryState.SOLO);
    assertThat(rig.reason).contains("the disk is full", "a second signal gives it up");
    assertThat(rig.did("resumeGuest")).isTrue();
    assertThat(rig.did("stopGuest")).isFalse();
    assertThat(rig.done.stream().filter("save"::equals)).as("it pauses once").hasSize(1);
    rig.syncing();
    backupTakesOver();
  }

  @Test
  void shouldGoOnWhenSavingTakesTooLong() {
    rig.cycles(10);
    stop();
    rig.await(PrimaryState.SAVING);
    rig.await(PrimaryState.SOLO);
    assertThat(rig.did("abandonSave")).isTrue();
    assertThat(rig.reason).contains("node.saveTimeout");
    rig.saved = "";
    rig.cycles(5000);
    assertThat(rig.session.state()).as("it was given up").isEqualTo(PrimaryState.SOLO);
    assertThat(rig.register.ownership()).isEqualTo(new Ownership.Solo(PrimaryRig.SELF));
  }

  @Test
  void shouldNotGoOnWhenTheGuestIsWrittenJustAsItsTimeIsOver() {
    rig.cycles(10);
    stop();
    rig.await(PrimaryState.SAVING);
    rig.isWritten = true;
    rig.cycles(100_000);
    assertThat(rig.session.state()).isEqualTo(PrimaryState.SAVING);
    assertThat(rig.did("resumeGuest")).isFalse();
    rig.saved = "";
    rig.await(PrimaryState.SAVED);
  }

  /** What is written is the guest: the one in memory must not go on beside it. */
  @Test
  void shouldNeverGoOnOnceTheGuestIsWrittenThoughTheArbiterDoesNotAnswer() {
    rig.cycles(10);
    rig.isArbiterUp = false;
    stop();
    rig.saved = "";
    rig.cycles(100_000);
    assertThat(rig.session.state()).isEqualTo(PrimaryState.SAVING);
    assertThat(rig.did("resumeGuest")).isFalse();
    insist();
    rig.await(PrimaryState.SAVED);
    assertThat(rig.session.isEndRegistered()).isFalse();
    assertThat(rig.did("resumeGuest")).isFalse();
  }

  @Test
  void shouldSaveTheGuestWhenItsCopyComesToNothing() {
    rig.syncing();
    stop();
    rig.killBackup();
    rig.await(PrimaryState.SAVING);
  }

  @Test
  void shouldTryAgainWhenTheArbiterDidNotAnswer() {
    rig.protectedPair();
    rig.isArbiterFailing = true;
    stop();
    rig.cycles(2000);
    assertThat(rig.session.switchover().phase()).isEqualTo(Switchover.Phase.REFUSED);
    assertThat(rig.session.state()).isEqualTo(PrimaryState.PROTECTED);
    rig.isArbiterFailing = false;
    backupTakesOver();
  }

  @Test
  void shouldSaveTheGuestWhenTheBackupDiesInsteadOfTakingIt() {
    rig.protectedPair();
    stop();
    rig.await(PrimaryState.SWITCHING);
    rig.killBackup();
    rig.await(PrimaryState.SAVING);
    rig.saved = "";
    rig.await(PrimaryState.SAVED);
  }

  @Test
  void shouldLeaveAProtectedGuestToItsBackupWhenItsOperatorInsists() {
    rig.protectedPair();
    rig.isArbiterUp = false;
    stop();
    rig.cycle();
    insist();
    rig.cycle();
    assertThat(rig.session.state()).isEqualTo(PrimaryState.FENCED);
    assertThat(rig.reason).contains("b#", "to take over");
    assertThat(rig.did("discard")).isTrue();
    assertThat(rig.did("goodbye FENCED")).isTrue();
    assertThat(rig.register.ownership()).isInstanceOf(Ownership.Protected.class);
  }

  @Test
  void shouldEndAGuestThatIsNowhereElseWhenItsOperatorInsists() {
    rig.cycles(10);
    stop();
    rig.cycles(10);
    assertThat(rig.session.state()).isEqualTo(PrimaryState.SAVING);
    insist();
    rig.await(PrimaryState.ENDED);
    assertThat(rig.session.isEndRegistered()).isTrue();
    assertThat(rig.register.ownership()).isInstanceOf(Ownership.Ended.class);
  }
}
