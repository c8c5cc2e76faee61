package org.understudy.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.understudy.backup.session.BackupState;
import org.understudy.primary.session.PeerHello;
import org.understudy.primary.session.PrimarySession;
import org.understudy.primary.session.PrimaryState;

/** SAFETY rules E1 to E4, E7, S3 and S4; E6 is the pacer's own test. */
class EpochScenarioTest {
  @Test
  void shouldResumeWithoutACopyAndWithoutRunningAnInputTwiceWhenTheLinkBreaks() {
    Scenario s = Scenario.ofProtectedPair();
    for (int i = 0; i < 20; i++) {
      s.cut(i % 3 != 0, i % 3 != 1); // e1: the primary has received more than was committed
      s.run(0.45);
      s.cut(false, false);
      s.awaitAnswers(20);
    }
    assertThat(s.primary(s.first).session.counters().resumes).isGreaterThanOrEqualTo(10);
    assertThat(s.primary(s.first).session.counters().copies).isEqualTo(1);
    s.world.checker.onSurvivor(s.first, s.primary(s.first).guest.history);
  }

  @Test
  void shouldStartWithAFullCopyWhenUnackedCheckpointsAreGone() {
    Scenario s = Scenario.ofProtectedPair();
    s.backup(s.second).session.requestStop("stopped");
    s.await(() -> !s.second.alive);
    s.await(() -> s.isPrimary(s.first, PrimaryState.SOLO));
    s.restart(s.second);
    s.await(() -> s.isPrimary(s.first, PrimaryState.PROTECTED));
    assertThat(s.primary(s.first).session.counters().copies).isEqualTo(2); // e2
    s.awaitAnswers(50);
  }

  @Test
  void shouldClaimSoloAtOnceWhenTheBackupCannotBeResumed() {
    Scenario s = Scenario.ofProtectedPair();
    s.second.stuckCommit = true;
    s.run(0.2);
    s.primary(s.first).loseRetained(); // e2: what is unacked outgrew what can be kept
    s.cut(true, true);
    s.run(0.6);
    s.second.stuckCommit = false;
    s.cut(false, false);
    long healedNs = s.world.now;
    s.await(() -> s.generation() > 2);
    assertThat(s.isSoloOwner(s.first)).as(s.describe()).isTrue();
    assertThat(s.world.now - healedNs).as("long before commit.timeout").isLessThan(Scenario.T);
    s.await(() -> s.isPrimary(s.first, PrimaryState.PROTECTED));
    s.await(() -> s.isBackup(s.second, BackupState.PROTECTED)); // accepted afresh
    assertThat(s.primary(s.first).session.counters().copies).isEqualTo(2);
    s.awaitAnswers(20);
  }

  @Test
  void shouldStayProtectedWhenALateHelloOfAnEarlierSessionArrives() {
    Scenario s = Scenario.ofProtectedPair();
    PrimarySession session = s.primary(s.first).session;
    long answeredLongAgo = 1;
    session.onHello(
        new PeerHello(
            s.second.id,
            answeredLongAgo,
            World.REGISTER_ID,
            s.first.id.incarnation(),
            session.linkSession(),
            0, // long acked, and not kept any more
            0,
            true,
            false,
            null,
            null));
    s.run(3);
    assertThat(s.isPrimary(s.first, PrimaryState.PROTECTED)).isTrue();
    assertThat(session.counters().copies).isEqualTo(1);
    assertThat(s.world.statistics.soloClaims).isZero();
  }

  @Test
  void shouldReleaseNothingOnEitherNodeWhenNothingIsCommitted() {
    Scenario s = Scenario.ofProtectedPair();
    s.second.stuckCommit = true; // e3: sessions at both fronts wait for the same commit
    s.run(0.5);
    long answers = s.world.statistics.answers;
    s.run(1);
    assertThat(s.world.statistics.answers).isEqualTo(answers);
    s.second.stuckCommit = false;
    s.awaitAnswers(20);
  }

  @Test
  void shouldStayBoundedWhenTheLinkIsSlow() {
    Scenario s = Scenario.ofProtectedPair();
    s.first.slowLink = true; // e4
    s.run(10);
    SimPrimary primary = s.primary(s.first);
    assertThat(primary.gate.held()).isLessThan(100);
    assertThat(primary.guest.remote.size()).isLessThan(100);
    assertThat(s.isPrimary(s.first, PrimaryState.PROTECTED)).isTrue();
    s.first.slowLink = false;
    s.awaitAnswers(50);
  }

  @Test
  void shouldLoseNoInputWhenTheLogIsFull() {
    Scenario s = Scenario.ofProtectedPair();
    s.second.logFull = true;
    s.run(3);
    s.second.logFull = false;
    s.awaitAnswers(50);
  }

  @Test
  void shouldServeAtThePrimaryWhenTheBackupDies() {
    Scenario s = Scenario.ofProtectedPair();
    s.second.die("killed"); // e7
    s.await(() -> s.isPrimary(s.first, PrimaryState.SOLO));
    s.awaitAnswers(20);
    assertThat(s.first.connections.count()).isPositive();
  }

  @Test
  void shouldProtectAgainAndAgainWhenNodesDieInTurn() {
    Scenario s = Scenario.ofProtectedPair();
    s.world.restarts = true;
    for (int i = 0; i < 10; i++) {
      SimProcess owner = s.world.owner();
      owner.die("killed");
      s.await(() -> s.world.owner() != null && s.world.owner() != owner);
      s.await(() -> s.world.namedBackup() != null && s.world.owner() != null);
      s.awaitAnswers(20);
    }
    assertThat(s.world.statistics.takeovers).isEqualTo(10);
  }

  @Test
  void shouldGoOnWithStampsWhenTheBackupTookOver() {
    Scenario s = Scenario.ofProtectedPair();
    s.first.die("killed");
    s.await(() -> s.world.statistics.takeovers == 1);
    long stampNs = s.primary(s.second).guest.stampNs; // s3: the guest refuses one that goes back
    s.restart(s.first);
    s.await(() -> s.isBackup(s.first, BackupState.PROTECTED));
    s.awaitAnswers(50);
    assertThat(s.primary(s.second).guest.stampNs).isGreaterThanOrEqualTo(stampNs);
  }

  @Test
  void shouldReproduceEveryReleasedByteWhenOutputLeftBeforeItsCommit() {
    Scenario s = Scenario.ofProtectedPairReleasingEarly();
    s.awaitAnswers(30);
    s.await(() -> s.backup(s.second).beyond.pieces() > 3); // s4: left beyond the commit
    s.first.die("killed");
    s.await(() -> s.world.statistics.takeovers == 1);
    assertThat(s.world.statistics.replayed).isGreaterThan(0);
    s.awaitAnswers(30);
  }
}
