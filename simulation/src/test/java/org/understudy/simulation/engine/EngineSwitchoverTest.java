package org.understudy.simulation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.backup.session.BackupState;
import org.understudy.primary.session.PrimaryState;
import org.understudy.primary.session.Switchover;

/** Switchover through the real agents, with a guest whose thread is paused and let go on. */
class EngineSwitchoverTest {
  private EnginePair pair;

  @AfterEach
  void close() {
    if (pair != null) {
      pair.close();
    }
  }

  private void order() {
    assertThat(pair.first().primary().requestSwitchover("ordered")).isNull();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldRollNothingBackWhenTheGuestMoves(boolean comparing) {
    pair = EnginePair.ofProtected(PairOptions.FRAMES.withComparing(comparing));
    pair.first().guest().runTo(1_000_000_000);
    pair.await("some epochs", () -> pair.second().backup().imageEpoch() > 20);
    order();
    pair.await("moved", () -> pair.first().is(PrimaryState.MOVED));
    pair.await("runs", () -> pair.second().is(PrimaryState.SOLO));
    long restored = pair.second().guest().stepsMade();
    assertThat(restored).isEqualTo(pair.first().guest().stepsMade());
    assertThat(pair.outside.lastFrame()).as("all of it has left").isEqualTo(restored);
    pair.second().guest().runFor(100);
    pair.await("serves", () -> pair.outside.lastFrame() == restored + 100);
  }

  @Test
  void shouldAnswerEveryRequestOnceWhenTheGuestMoves() {
    pair = EnginePair.ofProtected(PairOptions.REPLIES);
    long session = pair.second().front.connect();
    for (int i = 0; i < 300; i++) {
      pair.second().front.request(session);
      if (i == 150) {
        order();
      }
      pair.cycles(2);
    }
    pair.await("answered", () -> pair.second().front.answered(session) == 300);
    pair.await("runs", () -> pair.second().is(PrimaryState.SOLO));
  }

  /** Right after it was read, before anything is handed over. */
  private void orderAndLoseTheArbiter() {
    order();
    pair.await("switching", () -> pair.first().is(PrimaryState.SWITCHING));
    pair.arbiter.reachable(false);
  }

  @Test
  void shouldGoOnProtectedWhenTheLastEpochIsNotCommitted() {
    pair = EnginePair.ofProtected(PairOptions.FRAMES);
    pair.runCommitted(pair.first(), pair.second(), 100);
    pair.second().frozen(true);
    order();
    Switchover switchover = pair.first().primary().session().switchover();
    pair.await("given up", () -> switchover.phase() == Switchover.Phase.FAILED);
    pair.second().frozen(false);
    pair.awaitProtected(pair.first(), pair.second());
    pair.runCommitted(pair.first(), pair.second(), 500);
    pair.await("frames left", () -> pair.outside.lastFrame() == 600);
  }

  @Test
  void shouldGoOnWhereItWasPausedWhenTheBackupDiesBeforeItClaims() {
    pair = EnginePair.ofProtected(PairOptions.FRAMES);
    pair.first().guest().runTo(1_000_000_000);
    pair.await("some epochs", () -> pair.second().backup().imageEpoch() > 5);
    orderAndLoseTheArbiter(); // so that the backup's claim does not get through
    pair.await("handed over", () -> pair.first().is(PrimaryState.HANDED_OVER));
    pair.kill(pair.second(), pair.first());
    pair.await("claims", () -> pair.first().is(PrimaryState.CLAIMING));
    pair.arbiter.reachable(true);
    pair.await("solo", () -> pair.first().is(PrimaryState.SOLO));
    long paused = pair.first().guest().stepsMade();
    pair.await("runs on", () -> pair.first().guest().stepsMade() > paused + 100);
    pair.await("serves", () -> pair.outside.lastFrame() > paused);
  }

  @Test
  void shouldPassOnInputsThatStillReachTheOldNode() {
    pair = EnginePair.ofProtected(PairOptions.FRAMES);
    pair.first().guest().lingerNs = Long.MAX_VALUE / 4;
    pair.runCommitted(pair.first(), pair.second(), 100);
    FakeStandby standby = pair.second().type.fakeStandby();
    pair.await("mirrored", () -> standby.mirroredInputs() == 100);
    orderAndLoseTheArbiter(); // so that the claim takes its time
    pair.await("claims", () -> pair.second().is(BackupState.CLAIMING));
    pair.first().guest().inputComes();
    pair.await("passed on", () -> standby.mirroredInputs() == 101);
    pair.arbiter.reachable(true);
    pair.await("moved", () -> pair.first().is(PrimaryState.MOVED));
    assertThat(pair.first().guest().isStopped()).as("inputs may still come").isFalse();
    long sent = pair.first().primary().mirroredInputs();
    pair.first().guest().inputComes();
    pair.await("sent", () -> pair.first().primary().mirroredInputs() == sent + 1);
    pair.await("there", () -> standby.mirroredInputs() == 102);
    assertThat(standby.takeovers()).as("told that such inputs come").containsExactly(true);
  }

  @Test
  void shouldStopTheOldGuestWhenNoInputsAreToBeExpectedAnyMore() {
    pair = EnginePair.ofProtected(PairOptions.FRAMES);
    pair.first().guest().lingerNs = 1_000_000;
    order();
    pair.await("moved", () -> pair.first().is(PrimaryState.MOVED));
    pair.await("stopped", () -> pair.first().guest().isStopped());
  }
}
