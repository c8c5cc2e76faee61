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
  void shouldStayWithAGuestThatIsNotProtectedAndHandItOverOnceItIs() {
    rig.cycles(10);
    stop();
    rig.cycles(20_000);
    assertThat(rig.session.state()).isEqualTo(PrimaryState.SOLO);
    assertThat(rig.did("stopGuest")).isFalse();
    rig.syncing();
    backupTakesOver();
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
  void shouldTryAgainWithTheNextBackupWhenTheFirstOneDies() {
    rig.protectedPair();
    stop();
    rig.await(PrimaryState.SWITCHING);
    rig.killBackup();
    rig.await(PrimaryState.SOLO);
    assertThat(rig.did("resumeGuest")).isTrue();
    rig.isBackupAlive = true;
    rig.syncing();
    backupTakesOver();
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
    insist();
    rig.await(PrimaryState.ENDED);
    assertThat(rig.session.isEndRegistered()).isTrue();
    assertThat(rig.register.ownership()).isInstanceOf(Ownership.Ended.class);
  }
}
