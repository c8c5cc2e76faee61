package org.understudy.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.understudy.backup.session.BackupState;
import org.understudy.primary.session.PrimarySession;
import org.understudy.primary.session.PrimaryState;

/** SAFETY rules D1 to D3. */
class DetectionScenarioTest {
  @Test
  void shouldTakeOverLongBeforeTheTimeoutWhenTheProcessIsKilled() {
    Scenario s = Scenario.ofProtectedPair();
    long killedNs = s.world.now;
    s.first.die("killed");
    s.await(() -> s.world.statistics.takeovers == 1);
    assertThat(s.world.now - killedNs).isLessThan(World.TIMEOUT_NS / 4);
  }

  @Test
  void shouldStayWhenAHealthyConnectionIsReset() {
    Scenario s = Scenario.ofProtectedPair();
    s.first.monitor.onClosed(s.second.id.incarnation());
    s.second.monitor.onClosed(s.first.id.incarnation());
    s.run(5);
    assertThat(s.isPrimary(s.first, PrimaryState.PROTECTED)).isTrue();
    assertThat(s.isBackup(s.second, BackupState.PROTECTED)).isTrue();
  }

  @Test
  void shouldStayWhenAStrangerConnectsAndLeaves() {
    Scenario s = Scenario.ofProtectedPair();
    s.second.monitor.onStranger(12345);
    s.first.monitor.onStranger(12345);
    s.run(5);
    assertThat(s.isBackup(s.second, BackupState.PROTECTED)).isTrue();
    assertThat(s.generation()).isEqualTo(2);
  }

  @Test
  void shouldNotTakeOverWhenTheBackupItselfStoodStill() {
    Scenario s = Scenario.ofProtectedPair();
    s.pause(s.second, 1.3); // below the primary's time-out of 1.5
    s.run(6);
    assertThat(s.isPrimary(s.first, PrimaryState.PROTECTED)).as(s.describe()).isTrue();
    assertThat(s.world.statistics.takeovers).isZero();
    s.awaitAnswers(20);
  }

  @Test
  void shouldTakeOverAfterTheTimeoutWhenThePrimaryIsFrozen() {
    Scenario s = Scenario.ofProtectedPair();
    long frozenNs = s.world.now;
    s.pause(s.first, 50);
    s.await(() -> s.world.statistics.takeovers == 1);
    assertThat(s.world.now - frozenNs)
        .isBetween(World.TIMEOUT_NS * 8 / 10, World.TIMEOUT_NS * 14 / 10);
  }

  @Test
  void shouldClaimSoloWhenTheBackupResigns() {
    Scenario s = Scenario.ofProtectedPair();
    s.second.diskFull = true;
    long fullNs = s.world.now;
    s.await(() -> s.isSoloOwner(s.first));
    assertThat(s.world.now - fullNs).isLessThan(World.TIMEOUT_NS / 2);
    s.await(() -> s.isBackup(s.second, BackupState.RESIGNED));
    assertThat(s.world.statistics.takeovers).isZero();
    s.awaitAnswers(20);
  }

  @Test
  void shouldClaimSoloAndCopyAgainWhenACaptureIsLost() {
    Scenario s = Scenario.ofProtectedPair();
    PrimarySession session = s.primary(s.first).session;
    session.onProtectionBroken(session.copy(), "too many writes");
    s.await(() -> s.isSoloOwner(s.first));
    s.await(() -> s.isPrimary(s.first, PrimaryState.PROTECTED));
    session.onProtectionBroken(session.copy() - 1, "told late");
    s.run(5);
    assertThat(s.isPrimary(s.first, PrimaryState.PROTECTED)).as(s.describe()).isTrue();
    assertThat(s.world.statistics.takeovers).isZero();
    s.awaitAnswers(20);
  }

  @Test
  void shouldGiveTheCopyUpWhenACaptureOfItIsLost() {
    Scenario s = Scenario.ofSyncingPair();
    s.await(() -> s.isPrimary(s.first, PrimaryState.SYNCING));
    PrimarySession session = s.primary(s.first).session;
    session.onProtectionBroken(session.copy(), "too many writes");
    s.await(() -> s.isPrimary(s.first, PrimaryState.SOLO));
    s.await(() -> s.isPrimary(s.first, PrimaryState.PROTECTED));
    s.awaitAnswers(20);
  }

  @Test
  void shouldTakeOverWhenThePrimaryDiesBeforeItCouldClaimSoloFromAResigningBackup() {
    Scenario s = Scenario.ofProtectedPair();
    s.world.arbiter.unreachable = true; // the claim is on its way, and stays there
    s.second.diskFull = true;
    s.await(() -> s.isBackup(s.second, BackupState.RESIGNING));
    s.first.die("killed");
    s.await(() -> s.isBackup(s.second, BackupState.CLAIMING));
    s.world.arbiter.unreachable = false;
    s.await(() -> s.world.statistics.takeovers == 1);
    s.awaitAnswers(20);
    assertThat(s.isSoloOwner(s.second)).as("goes on, it is the last copy").isTrue();
  }

  @Test
  void shouldTakeOverAndClaimSoloThoughTheArbiterAnswersLaterThanAnybodyWaits() {
    Scenario s = Scenario.ofProtectedPair();
    s.world.arbiter.crawls = true;
    s.first.die("killed");
    s.await(() -> s.world.statistics.takeovers == 1);
    s.awaitAnswers(20);
    s.world.arbiter.crawls = false;
    s.restart(s.first);
    s.await(() -> s.isPrimary(s.second, PrimaryState.PROTECTED));
    s.world.arbiter.crawls = true;
    s.first.die("killed");
    s.await(() -> s.isSoloOwner(s.second));
    s.awaitAnswers(20);
  }

  @Test
  void shouldKeepTheImageUntilTheArbiterAnswersAndLeaveTheGuestToThePrimary() {
    Scenario s = Scenario.ofProtectedPair();
    s.world.arbiter.unreachable = true;
    s.second.diskFull = true;
    s.await(() -> s.isBackup(s.second, BackupState.RESIGNING));
    s.run(1);
    assertThat(s.isBackup(s.second, BackupState.RESIGNING)).isTrue();
    s.world.arbiter.unreachable = false;
    s.await(() -> s.isSoloOwner(s.first));
    s.await(() -> s.isBackup(s.second, BackupState.RESIGNED));
    assertThat(s.world.statistics.takeovers).isZero();
    s.awaitAnswers(20);
  }

  @Test
  void shouldLeaveAtOnceAndTakeNothingOverWhenTheBackupIsStoppedByItsOperator() {
    Scenario s = Scenario.ofProtectedPair();
    s.backup(s.second).session.requestStop("stopped by its operator");
    s.await(() -> s.isBackup(s.second, BackupState.RESIGNED));
    s.await(() -> s.isSoloOwner(s.first));
    assertThat(s.world.statistics.takeovers).isZero();
    s.awaitAnswers(20);
  }

  @Test
  void shouldCountTheBackupAsLostWhenItCommitsNothingThoughItsHeartbeatsArrive() {
    Scenario s = Scenario.ofProtectedPair();
    s.second.stuckCommit = true;
    s.await(() -> s.isSoloOwner(s.first));
    assertThat(s.second.alive).isTrue();
    assertThat(s.world.statistics.takeovers).isZero();
    s.second.stuckCommit = false;
    s.await(() -> s.isPrimary(s.first, PrimaryState.PROTECTED));
    s.awaitAnswers(20);
  }

  @Test
  void shouldResignWhenEveryCheckpointIsCorrupt() {
    Scenario s = Scenario.ofProtectedPair();
    s.world.network.corrupt = 1;
    s.await(() -> s.isSoloOwner(s.first));
    assertThat(s.world.statistics.takeovers).isZero();
    s.await(() -> s.isBackup(s.second, BackupState.RESIGNED));
  }

  @ParameterizedTest
  @EnumSource(PrimaryState.class)
  void shouldReachSoloFencedAndEndedFromEveryWaitingStateOfAPrimary(PrimaryState state) {
    if (!state.isTerminal()) {
      assertThat(state.canBecome(PrimaryState.FENCED)).isTrue();
      assertThat(reaches(state, PrimaryState.SOLO) || state == PrimaryState.SOLO).isTrue();
      assertThat(reaches(state, PrimaryState.ENDED)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(BackupState.class)
  void shouldReachAnEndFromEveryWaitingStateOfABackup(BackupState state) {
    if (!state.isTerminal()) {
      boolean leaves = false;
      for (BackupState other : BackupState.values()) {
        leaves |= other.isTerminal() && state.canBecome(other);
      }
      assertThat(leaves).isTrue();
    }
  }

  private static boolean reaches(PrimaryState from, PrimaryState to) {
    java.util.Set<PrimaryState> seen = new java.util.HashSet<>();
    java.util.ArrayDeque<PrimaryState> open = new java.util.ArrayDeque<>();
    open.add(from);
    while (!open.isEmpty()) {
      PrimaryState at = open.poll();
      for (PrimaryState next : PrimaryState.values()) {
        if (at.canBecome(next) && seen.add(next)) {
          open.add(next);
        }
      }
    }
    return seen.contains(to);
  }
}
