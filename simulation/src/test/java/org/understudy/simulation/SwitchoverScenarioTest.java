package org.understudy.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.understudy.backup.session.BackupState;
import org.understudy.primary.session.PrimaryState;
import org.understudy.primary.session.Switchover;

/** The guest moves as ordered with nothing rolled back, or one of both nodes goes on with it. */
class SwitchoverScenarioTest {
  private final Scenario s = Scenario.ofProtectedPair();
  private final long before = s.generation();

  private Switchover order() {
    assertThat(s.primary(s.first).session.requestSwitchover("ordered")).isNull();
    return s.primary(s.first).session.switchover();
  }

  /** Right after it was read, before anything is handed over. */
  private Switchover orderAndLoseTheArbiter() {
    Switchover switchover = order();
    awaitFirst(PrimaryState.SWITCHING);
    s.world.arbiter.unreachable = true;
    return switchover;
  }

  @Test
  void shouldRefuseBeforeAnythingStandsStillWhenTheArbiterCannotBeReached() {
    s.world.arbiter.unreachable = true;
    Switchover switchover = order();
    s.await(() -> switchover.phase() == Switchover.Phase.REFUSED);
    assertThat(s.isPrimary(s.first, PrimaryState.PROTECTED)).isTrue();
    s.awaitAnswers(20);
  }

  private void awaitFirst(PrimaryState state) {
    s.await(() -> s.isPrimary(s.first, state));
  }

  @Test
  void shouldMoveTheGuestWhenOrdered() {
    Switchover switchover = order();
    awaitFirst(PrimaryState.MOVED); // the checker compares the histories
    assertThat(switchover.phase()).isEqualTo(Switchover.Phase.MOVED);
    assertThat(s.generation()).isEqualTo(before + 1);
    s.await(() -> !s.first.alive && s.isPrimary(s.second, PrimaryState.SOLO));
    s.awaitAnswers(20);
    s.restart(s.first);
    s.await(() -> s.isPrimary(s.second, PrimaryState.PROTECTED));
    s.awaitAnswers(20);
  }

  @Test
  void shouldMoveBackWhenTheOldPrimaryIsTheBackup() {
    order();
    s.await(() -> !s.first.alive && s.isPrimary(s.second, PrimaryState.SOLO));
    s.restart(s.first);
    s.await(() -> s.isPrimary(s.second, PrimaryState.PROTECTED));
    assertThat(s.primary(s.second).session.requestSwitchover("back")).isNull();
    s.await(() -> s.isPrimary(s.second, PrimaryState.MOVED));
    s.await(() -> s.isPrimary(s.first, PrimaryState.SOLO));
    assertThat(s.world.statistics.takeovers).isEqualTo(2);
    s.awaitAnswers(20);
  }

  @Test
  void shouldRefuseWhenThereIsNoWholeCopy() {
    Scenario syncing = Scenario.ofSyncingPair();
    assertThat(syncing.primary(syncing.first).session.requestSwitchover("ordered"))
        .contains("not protected");
    order();
    assertThat(s.primary(s.first).session.requestSwitchover("again")).isNotNull();
  }

  @Test
  void shouldGoOnAtTheBackupWhenThePrimaryDiesRightAfterItsLastCapture() {
    order();
    awaitFirst(PrimaryState.SWITCHING);
    s.first.die("killed");
    s.await(() -> s.world.statistics.takeovers == 1);
    assertThat(s.isSoloOwner(s.second)).isTrue();
    s.awaitAnswers(20);
  }

  @Test
  void shouldGoOnAtTheBackupWhenThePrimaryDiesAfterTheHandover() {
    order();
    awaitFirst(PrimaryState.HANDED_OVER);
    s.first.die("killed");
    s.await(() -> s.world.statistics.takeovers == 1);
    assertThat(s.isSoloOwner(s.second)).isTrue();
    s.awaitAnswers(20);
  }

  @Test
  void shouldGoOnAtThePrimaryWhenTheBackupDiesAfterItsAck() {
    Switchover switchover = orderAndLoseTheArbiter(); // the backup's claim does not get through
    awaitFirst(PrimaryState.HANDED_OVER);
    s.second.die("killed");
    awaitFirst(PrimaryState.CLAIMING);
    s.world.arbiter.unreachable = false;
    awaitFirst(PrimaryState.SOLO);
    assertThat(s.isSoloOwner(s.first)).isTrue();
    assertThat(switchover.phase()).isEqualTo(Switchover.Phase.FAILED);
    assertThat(switchover.text()).contains("dead").contains("claim won");
    s.awaitAnswers(20);
  }

  @Test
  void shouldStayProtectedWhenTheLastEpochIsNotCommitted() {
    s.second.stuckCommit = true;
    Switchover switchover = order();
    s.await(() -> switchover.phase() == Switchover.Phase.FAILED);
    s.second.stuckCommit = false;
    awaitFirst(PrimaryState.PROTECTED);
    s.awaitAnswers(20);
    assertThat(s.generation()).isEqualTo(before);
    order();
    awaitFirst(PrimaryState.MOVED);
  }

  @Test
  void shouldStayProtectedWhenTheLinkBreaksBeforeTheCommit() {
    Switchover switchover = order();
    s.cut(true, true);
    s.await(() -> switchover.phase() == Switchover.Phase.FAILED);
    s.cut(false, false);
    awaitFirst(PrimaryState.PROTECTED);
    assertThat(s.generation()).isEqualTo(before);
    s.awaitAnswers(20);
  }

  @Test
  void shouldLetTheRegisterDecideWhenTheLinkBreaksAfterTheCommit() {
    order();
    awaitFirst(PrimaryState.HANDED_OVER);
    s.cut(true, true);
    s.await(() -> s.isSoloOwner(s.first) || s.isSoloOwner(s.second));
    s.awaitAnswers(20);
    assertThat(s.generation()).isEqualTo(before + 1);
  }

  @Test
  void shouldMoveWhenTheOrderToTakeOverIsLostOnce() {
    s.world.network.loss = 0.3;
    order();
    s.await(() -> s.primary(s.first).session.switchover().endedNs() != 0);
    s.world.network.loss = 0;
    s.awaitAnswers(20);
  }

  @Test
  void shouldWaitWithTheGuestPausedWhenTheArbiterCannotBeReached() {
    orderAndLoseTheArbiter();
    awaitFirst(PrimaryState.HANDED_OVER);
    s.run(1);
    long answers = s.world.statistics.answers;
    s.run(5);
    assertThat(s.world.statistics.answers).isEqualTo(answers);
    assertThat(s.generation()).isEqualTo(before);
    s.world.arbiter.unreachable = false;
    s.await(() -> s.isSoloOwner(s.first) || s.isSoloOwner(s.second));
    s.awaitAnswers(20);
    assertThat(s.generation()).isEqualTo(before + 1);
  }

  @Test
  void shouldGoOnAtThePrimaryWhenTheBackupLosesItsClaim() {
    order();
    awaitFirst(PrimaryState.HANDED_OVER);
    s.pause(s.second, 8);
    awaitFirst(PrimaryState.SOLO);
    s.await(() -> !s.second.alive);
    assertThat(s.isSoloOwner(s.first)).isTrue();
    assertThat(s.isBackup(s.second, BackupState.LOST)).isTrue();
    s.awaitAnswers(20);
  }

  @Test
  void shouldGoOnAtThePrimaryWhenTheBackupResignsInstead() {
    orderAndLoseTheArbiter();
    s.backup(s.second).session.requestStop("stopped by its operator");
    awaitFirst(PrimaryState.CLAIMING);
    s.world.arbiter.unreachable = false;
    awaitFirst(PrimaryState.SOLO);
    s.awaitAnswers(20);
  }

  @Test
  void shouldHandTheGuestOverWhenTheNodeIsStopped() {
    s.primary(s.first).session.requestStop("stopped by its operator");
    awaitFirst(PrimaryState.MOVED);
    s.await(() -> s.isSoloOwner(s.second));
    assertThat(s.world.statistics.takeovers).isEqualTo(1);
    s.awaitAnswers(20);
  }

  @Test
  void shouldEndWhenTheOperatorEndsTheGuestBeforeTheHandover() {
    order();
    awaitFirst(PrimaryState.SWITCHING);
    s.endGuest(s.first);
    s.await(() -> s.world.arbiter.isEnded());
    s.await(() -> !s.first.alive && !s.second.alive);
    assertThat(s.isPrimary(s.first, PrimaryState.ENDED)).isTrue();
    assertThat(s.world.statistics.takeovers).isZero();
  }

  @Test
  void shouldKnowWhoOwnsTheGuestWhenThePrimaryStoodStillMeanwhile() {
    order();
    awaitFirst(PrimaryState.SWITCHING);
    s.pause(s.first, 8);
    s.await(() -> !s.first.alive);
    assertThat(s.isPrimary(s.first, PrimaryState.FENCED)).as("it had not told anybody").isTrue();
    assertThat(s.isSoloOwner(s.second)).isTrue();
    s.awaitAnswers(20);
  }

  @Test
  void shouldSayThatTheGuestMovedWhenItStoodStillAfterTheHandover() {
    order();
    awaitFirst(PrimaryState.HANDED_OVER);
    s.pause(s.first, 8);
    s.await(() -> !s.first.alive);
    assertThat(s.isPrimary(s.first, PrimaryState.MOVED)).isTrue();
    assertThat(s.isSoloOwner(s.second)).isTrue();
    s.awaitAnswers(20);
  }
}
