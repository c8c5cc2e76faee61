package org.understudy.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.understudy.backup.session.BackupState;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.StartRule;
import org.understudy.primary.session.PrimaryState;

/** SAFETY rules O1 to O5; the checker of the world looks on at every step. */
class OwnershipScenarioTest {
  @Test
  void shouldGrantOneClaimWhenTheLinkIsCutForBoth() {
    Scenario s = Scenario.ofProtectedPair();
    long before = s.generation();
    s.cut(true, true);
    s.await(() -> !s.first.alive); // o1: the loser stops its guest and exits
    assertThat(s.isSoloOwner(s.second)).as("the backup, where the clients are").isTrue();
    assertThat(s.generation()).isEqualTo(before + 1);
    assertThat(s.isPrimary(s.first, PrimaryState.FENCED)).isTrue();
    s.awaitAnswers(20);
  }

  @Test
  void shouldGrantOneClaimWhenTheFirstAttemptLandsAfterTheFact() {
    Scenario s = Scenario.ofProtectedPair();
    s.world.arbiter.afterTheFact = 1;
    s.first.die("killed");
    s.await(() -> s.isSoloOwner(s.second));
    s.world.arbiter.afterTheFact = 0;
    s.await(() -> s.second.role instanceof SimPrimary);
    assertThat(s.world.statistics.takeovers).isEqualTo(1);
    s.awaitAnswers(20);
  }

  @Test
  void shouldNotOwnAnythingWhenThePrimaryRestartsUnderItsOldName() {
    Scenario s = Scenario.ofProtectedPair();
    s.first.die("killed");
    assertThat(StartRule.decide(s.world.arbiter.register, 1, s.first.id, false, false).refusal())
        .contains("protected by n1");
    s.restart(s.first);
    s.await(() -> s.isPrimary(s.second, PrimaryState.PROTECTED));
    s.await(() -> s.isBackup(s.first, BackupState.PROTECTED));
    s.awaitAnswers(20);
  }

  @Test
  void shouldNeverClaimWhenTheImageWasNotYetWhole() {
    Scenario s = Scenario.ofSyncingPair();
    s.first.slowLink = true;
    s.await(() -> s.isBackup(s.second, BackupState.SYNCING));
    s.first.die("killed");
    s.run(20);
    assertThat(s.generation()).isEqualTo(1);
    assertThat(s.isBackup(s.second, BackupState.CONNECTING)).isTrue();
  }

  @Test
  void shouldTakeOverWhenThePrimaryDiedBeforeItCouldSayProtected() {
    Scenario s = Scenario.ofSyncingPair();
    s.await(() -> s.isPrimary(s.first, PrimaryState.WHOLE));
    s.first.crashAfterActions = 0; // the write is on its way, nothing else of it will be heard
    s.await(() -> s.world.statistics.takeovers == 1);
    assertThat(s.isSoloOwner(s.second)).isTrue();
  }

  @Test
  void shouldNotReviveTheGuestWhenItWasShutDown() {
    Scenario s = Scenario.ofProtectedPair();
    s.endGuest(s.first);
    s.await(() -> s.world.arbiter.isEnded());
    s.await(() -> !s.first.alive && !s.second.alive);
    assertThat(s.isPrimary(s.first, PrimaryState.ENDED)).isTrue();
    assertThat(s.isBackup(s.second, BackupState.ENDED)).isTrue();
    assertThat(s.world.statistics.takeovers).isZero();
    StartRule.Decision next =
        StartRule.decide(s.world.arbiter.register, 1, s.first.id, false, false);
    assertThat(next.refusal()).as("nothing is left that a start could lose").isNull();
    assertThat(next.notice())
        .contains("ended in order")
        .as("the register says the same of both")
        .contains("or its start failed before it ran")
        .contains("starts empty");
  }

  @Test
  void shouldFinishTheEndWhenThePrimaryDiesBetweenFinalCommitAndRegister() {
    Scenario s = Scenario.ofProtectedPair();
    s.world.arbiter.unreachable = true;
    s.endGuest(s.first);
    s.await(() -> s.primary(s.first).guestStopped); // the last epoch is committed
    s.first.die("killed");
    s.run(3);
    s.world.arbiter.unreachable = false;
    s.await(() -> s.world.arbiter.isEnded());
    assertThat(s.world.statistics.takeovers).isZero();
  }

  @Test
  void shouldBeHarmlessWhenAFrozenPrimaryWakesUpAfterTheTakeover() {
    Scenario s = Scenario.ofProtectedPair();
    s.pause(s.first, 8);
    s.await(() -> s.world.statistics.takeovers == 1);
    assertThat(s.first.alive).isTrue();
    s.await(() -> !s.first.alive);
    assertThat(s.isPrimary(s.first, PrimaryState.FENCED)).isTrue();
    s.awaitAnswers(20);
  }

  @Test
  void shouldReadTheRegisterBeforeReleasingWhenItStoodStill() {
    Scenario s = Scenario.ofProtectedPair();
    s.world.arbiter.unreachable = true; // so that the pause is not followed by a takeover
    s.pause(s.second, 1.2);
    s.pause(s.first, 1.6);
    s.run(1.7);
    assertThat(s.primary(s.first).session.isOutputBlocked()).isTrue();
    s.world.arbiter.unreachable = false;
    s.await(() -> !s.primary(s.first).session.isOutputBlocked());
    assertThat(s.primary(s.first).session.counters().stallChecks).isEqualTo(1);
    s.awaitAnswers(20);
  }

  @Test
  void shouldReleaseNothingThatWasAckedWhileItStoodStillOnceTheBackupHasTakenOver() {
    Scenario s = Scenario.ofProtectedPair();
    s.await(() ->
        s.backup(s.second).session.committedEpoch() > s.primary(s.first).session.ackedEpoch());
    SimPrimary old = s.primary(s.first);
    s.pause(s.first, 1.3); // longer than the backup's time-out, shorter than the primary's
    s.await(() -> s.world.statistics.takeovers == 1);
    long before = old.gate.releases();
    s.await(() -> !s.first.alive);
    assertThat(old.session.counters().stallChecks).isEqualTo(1);
    assertThat(old.gate.releases()).isEqualTo(before);
  }

  @Test
  void shouldRefuseToPairWhenTheRegistersDiffer() {
    Scenario s = Scenario.ofProtectedPair();
    s.second.die("killed");
    s.await(() -> s.isSoloOwner(s.first));
    s.second.boot(World.REGISTER_ID + 1); // o4: two machines, each with a file of its own
    s.second.startBackup();
    s.await(() -> !s.second.alive);
    assertThat(s.isBackup(s.second, BackupState.REFUSED)).isTrue();
    assertThat(s.isPrimary(s.first, PrimaryState.SOLO)).isTrue();
  }

  @Test
  void shouldGoOnWhenTheArbiterCannotBeReachedAndThePairIsHealthy() {
    Scenario s = Scenario.ofProtectedPair();
    s.world.arbiter.unreachable = true;
    s.awaitAnswers(200);
    assertThat(s.isPrimary(s.first, PrimaryState.PROTECTED)).isTrue();
  }

  @Test
  void shouldWaitWithOutputWhenAClaimIsPendingAndGoOnWhenItIsDecided() {
    Scenario s = Scenario.ofProtectedPair();
    s.world.arbiter.unreachable = true;
    s.first.die("killed");
    s.await(() -> s.isBackup(s.second, BackupState.CLAIMING));
    long answers = s.world.statistics.answers;
    s.run(10);
    assertThat(s.world.statistics.answers).isEqualTo(answers);
    assertThat(s.world.arbiter.register.ownership()).isInstanceOf(Ownership.Protected.class);
    s.world.arbiter.unreachable = false;
    s.awaitAnswers(20);
    assertThat(s.isSoloOwner(s.second)).isTrue();
  }
}
