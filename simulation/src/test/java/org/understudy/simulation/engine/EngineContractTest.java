package org.understudy.simulation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.backup.session.BackupState;
import org.understudy.primary.session.PrimaryState;

/** The engine with a guest that is neither a service nor a machine: the way of a checkpoint. */
class EngineContractTest {
  private EnginePair pair;

  @AfterEach
  void close() {
    if (pair != null) {
      pair.close();
    }
  }

  private EnginePair open(PairOptions options) {
    pair = EnginePair.ofProtected(options);
    return pair;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldCopyInRoundsWhenTheGuestWritesMeanwhile(boolean comparing) {
    pair = new EnginePair(PairOptions.FRAMES.withComparing(comparing));
    pair.first().guest().runTo(50_000);
    pair.addBackup(pair.first(), "b");
    pair.awaitProtected(pair.first(), pair.second());
    assertThat(pair.first().primary().counters().rounds)
        .as("every part of the disk has a round of its own")
        .isGreaterThanOrEqualTo(FakeGuest.DISK_PARTS);
    pair.first().guest().runFor(300);
    int before = pair.second().verified();
    pair.await(
        "ten more epochs are verified",
        () -> {
          pair.first().guest().runFor(20);
          return pair.second().verified() >= before + 10;
        });
  }

  @Test
  void shouldCommitEveryPartInOrderWhenEpochsFollowEachOther() {
    open(PairOptions.FRAMES);
    long epoch = pair.second().backup().imageEpoch();
    pair.runCommitted(pair.first(), pair.second(), 5_000);
    long last = pair.first().guest().stepsMade();
    pair.await("frames left", () -> pair.outside.lastFrame() == last);
    assertThat(pair.second().backup().imageEpoch()).isGreaterThan(epoch);
    assertThat(pair.second().verified()).isPositive();
  }

  @Test
  void shouldHoldFramesWhenNothingIsAcked() {
    open(PairOptions.FRAMES);
    pair.runCommitted(pair.first(), pair.second(), 100);
    pair.await("frames left", () -> pair.outside.lastFrame() == 100);
    pair.second().frozen(true);
    pair.first().guest().runFor(500);
    pair.await("steps are made", () -> pair.first().guest().stepsMade() == 600);
    pair.cycles(2_000);
    assertThat(pair.outside.lastFrame()).isEqualTo(100);
    pair.second().frozen(false);
    pair.await("frames left", () -> pair.outside.lastFrame() == 600);
  }

  @Test
  void shouldAnswerEveryRequestOnceWhenOutputIsGatedAtTheBackup() {
    open(PairOptions.REPLIES);
    long[] sessions = {pair.second().front.connect(), pair.second().front.connect()};
    for (int i = 0; i < 400; i++) {
      pair.second().front.request(sessions[i % 2]);
      pair.first().guest().runFor(3);
      pair.cycles(1);
    }
    pair.await("answered", () -> answered(pair.second(), sessions) == 400);
  }

  private static long answered(EngineNode node, long[] sessions) {
    long sum = 0;
    for (long session : sessions) {
      sum += node.front.answered(session);
    }
    return sum;
  }

  @Test
  void shouldOpenTheGateOfTheLastCopyBeforeTheNextOneStarts() {
    pair = new EnginePair(PairOptions.FRAMES);
    pair.first().guest().busy(true);
    EngineNode lost = pair.addBackup(pair.first(), "b");
    pair.await("a copy is wanted", () -> pair.first().is(PrimaryState.SYNCING));
    pair.kill(lost, pair.first());
    pair.await("given up", () -> pair.first().is(PrimaryState.SOLO));
    EngineNode next = pair.addBackup(pair.first(), "c");
    pair.await("another copy is wanted", () -> pair.first().is(PrimaryState.SYNCING));
    pair.first().guest().busy(false);
    pair.awaitProtected(pair.first(), next);
    pair.runCommitted(pair.first(), next, 100);
    pair.await("frames left", () -> pair.outside.lastFrame() == 100);
  }

  @Test
  void shouldGoOnFromTheCommittedInstantWhenThePrimaryDies() {
    open(PairOptions.FRAMES);
    pair.first().guest().runTo(100_000);
    pair.await("some epochs", () -> pair.second().backup().imageEpoch() > 20);
    pair.kill(pair.first(), pair.second());
    pair.await("takeover", () -> pair.second().is(PrimaryState.SOLO));
    long restored = pair.second().guest().stepsMade();
    assertThat(pair.outside.lastFrame()).isEqualTo(restored);
    pair.second().guest().runFor(100);
    pair.await("serves", () -> pair.outside.lastFrame() == restored + 100);
  }

  @Test
  void shouldReplayTheLogWhenThePrimaryDiesWithRequestsInFlight() {
    open(PairOptions.REPLIES);
    long session = pair.second().front.connect();
    pair.first().guest().runTo(100_000);
    for (int i = 0; i < 100; i++) {
      pair.second().front.request(session);
      pair.cycles(2);
    }
    pair.kill(pair.first(), pair.second());
    for (int i = 0; i < 20; i++) {
      pair.second().front.request(session);
    }
    pair.await("answered", () -> pair.second().front.answered(session) == 120);
    pair.await("took over", () -> pair.second().is(PrimaryState.SOLO));
  }

  @Test
  void shouldStopTheGuestAndGiveUpWhenItFailsDuringTheReplay() {
    open(PairOptions.REPLIES);
    long session = pair.second().front.connect();
    pair.runCommitted(pair.first(), pair.second(), 100);
    pair.second().front.request(session);
    pair.kill(pair.first(), pair.second());
    pair.await(
        "restored",
        () -> pair.second().is(BackupState.TAKING_OVER) && pair.second().restored() != null);
    FakeGuest restored = pair.second().restored();
    restored.host.guestFailed(new IllegalStateException("planted"));
    pair.await("given up", () -> pair.second().is(BackupState.LOST));
    assertThat(restored.isStopped()).as("nobody else drives the front any more").isTrue();
    pair.cycles(100);
    assertThat(pair.second().is(BackupState.LOST)).isTrue();
    assertThat(pair.second().states.getLast()).contains("takeover failed").contains("planted");
  }

  @Test
  void shouldServeAloneWhenTheBackupDies() {
    open(PairOptions.FRAMES);
    pair.runCommitted(pair.first(), pair.second(), 100);
    pair.arbiter.reachable(false);
    pair.kill(pair.second(), pair.first());
    pair.first().guest().runFor(100);
    pair.await("claiming", () -> pair.first().is(PrimaryState.CLAIMING));
    pair.cycles(200);
    assertThat(pair.outside.lastFrame()).isLessThanOrEqualTo(100);
    pair.arbiter.reachable(true);
    pair.await("frames left", () -> pair.outside.lastFrame() == 200);
    assertThat(pair.first().is(PrimaryState.SOLO)).isTrue();
  }

  @Test
  void shouldCommitTheLastEpochAndTakeNothingOverWhenTheGuestEndsInOrder() {
    open(PairOptions.FRAMES);
    pair.first().guest().runTo(1_000);
    pair.first().primary().requestEnd("test");
    pair.await("ended", () -> pair.first().is(PrimaryState.ENDED));
    pair.await("told", () -> pair.second().is(BackupState.ENDED));
    assertThat(pair.outside.lastFrame())
        .isEqualTo(pair.second().type.fakeStandby().lastDiskWrite());
    assertThat(pair.arbiter.now().ownership())
        .isEqualTo(new org.understudy.pair.ownership.Ownership.Ended());
    assertThat(pair.second().restored()).isNull();
  }

  @Test
  void shouldStopTheGuestWhenTheClaimIsLost() {
    open(PairOptions.FRAMES);
    pair.runCommitted(pair.first(), pair.second(), 100);
    pair.first().frozen(true);
    pair.first().guest().runFor(200);
    pair.second().seesRefused(pair.first().id);
    pair.await("takeover", () -> pair.second().is(PrimaryState.SOLO));
    long restored = pair.second().guest().stepsMade();
    pair.first().frozen(false);
    pair.await("fenced", () -> pair.first().is(PrimaryState.FENCED));
    assertThat(pair.first().guest().isStopped()).isTrue();
    assertThat(pair.outside.lastFrame()).isEqualTo(restored);
  }

  @Test
  void shouldProtectAgainWhenAnotherBackupComes() {
    open(PairOptions.FRAMES);
    pair.runCommitted(pair.first(), pair.second(), 200);
    EngineNode primary = pair.first();
    EngineNode backup = pair.second();
    for (String name : new String[] {"c", "d"}) {
      pair.kill(primary, backup);
      EngineNode survivor = backup;
      pair.await("takeover", () -> survivor.is(PrimaryState.SOLO));
      EngineNode next = pair.addBackup(survivor, name);
      survivor.guest().runFor(500);
      pair.awaitProtected(survivor, next);
      pair.runCommitted(survivor, next, 300);
      primary = survivor;
      backup = next;
    }
    long last = primary.guest().stepsMade();
    pair.await("frames left", () -> pair.outside.lastFrame() == last);
  }
}
