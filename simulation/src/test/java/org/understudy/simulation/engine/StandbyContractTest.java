package org.understudy.simulation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.understudy.backup.session.BackupState;
import org.understudy.checkpoint.guest.Readiness;
import org.understudy.primary.session.PrimaryState;
import org.understudy.protocol.codecs.CheckpointEndDecoder;
import org.understudy.protocol.codecs.MirroredInputDecoder;
import org.understudy.protocol.codecs.SectionDecoder;

/** What the engine promises to the backup's half of a guest, beside committed epochs. */
class StandbyContractTest {
  private EnginePair pair;

  @BeforeEach
  void open() {
    pair = new EnginePair(PairOptions.FRAMES);
  }

  @AfterEach
  void close() {
    pair.close();
  }

  private FakeStandby standby() {
    return pair.second().type.fakeStandby();
  }

  @Test
  void shouldHandOverTheWritesOfRoundsOnceAndInOrderWhenTheGuestWritesMeanwhile() {
    pair.first().guest().runTo(20_000);
    pair.addBackup(pair.first(), "b");
    pair.awaitProtected(pair.first(), pair.second());
    assertThat(standby().rounds()).isGreaterThanOrEqualTo(FakeGuest.DISK_PARTS);
    assertThat(standby().copies()).isEqualTo(1);
    pair.await("everything", () -> standby().lastDiskWrite() == 20_000);
  }

  @Test
  void shouldStartTheCopyAnewWhenTheLinkBreaksInTheMiddleOfIt() {
    pair.addBackup(pair.first(), "b");
    pair.await("some rounds", () -> standby().rounds() >= 3);
    pair.first().link.up(false);
    pair.cycles(20);
    pair.first().link.up(true);
    pair.first().guest().runTo(500);
    pair.awaitProtected(pair.first(), pair.second());
    assertThat(standby().copies()).isEqualTo(2);
    pair.await("everything", () -> standby().lastDiskWrite() == 500);
  }

  @Test
  void shouldTellTheGuestWhatTheStandbyHasToSayDuringTheCopy() {
    pair.addBackup(pair.first(), "b");
    pair.await("told", () -> pair.first().guest().notes().size() == FakeStandby.NOTES);
    pair.awaitProtected(pair.first(), pair.second());
    assertThat(pair.first().guest().notes()).containsExactly(1001L, 1002L, 1003L);
  }

  @Test
  void shouldHoldTheTakeoverUpWithTheReasonUntilTheStandbyCanGoOn() {
    pair.addBackup(pair.first(), "b");
    pair.awaitProtected(pair.first(), pair.second());
    pair.runCommitted(pair.first(), pair.second(), 100);
    standby().takeoverReadiness(Readiness.failed("the disk is full: make room"));
    pair.kill(pair.first(), pair.second());
    pair.await("claim won", () -> pair.second().is(BackupState.TAKING_OVER));
    pair.cycles(200);
    assertThat(pair.second().is(BackupState.TAKING_OVER)).isTrue();
    assertThat(pair.second().states)
        .filteredOn(state -> state.contains("held up: the disk is full: make room"))
        .hasSize(1);
    standby().takeoverReadiness(Readiness.READY);
    pair.await("takeover", () -> pair.second().is(PrimaryState.SOLO));
    assertThat(pair.second().guest().stepsMade()).isEqualTo(100);
  }

  @Test
  void shouldRestoreAgainWhatWasHeldUpAndLoseNothing() {
    pair.addBackup(pair.first(), "b");
    pair.awaitProtected(pair.first(), pair.second());
    pair.runCommitted(pair.first(), pair.second(), 100);
    pair.second().type.holdRestoresUp(3);
    pair.kill(pair.first(), pair.second());
    pair.await("takeover", () -> pair.second().is(PrimaryState.SOLO));
    assertThat(pair.second().states)
        .filteredOn(state -> state.contains("held up: of this test: mend it"))
        .hasSize(1);
    assertThat(pair.second().guest().stepsMade()).isEqualTo(100);
    assertThat(standby().takeovers()).as("nothing comes from the dead").containsExactly(false);
  }

  @Test
  void shouldCopyAnewWhenARoundsDiskWritesComeToHarm() {
    int[] seen = new int[1];
    pair.first()
        .link
        .tamper((template, message) -> template != SectionDecoder.TEMPLATE_ID || seen[0]++ != 5);
    pair.addBackup(pair.first(), "b");
    pair.awaitProtected(pair.first(), pair.second());
    assertThat(standby().copies()).isEqualTo(2);
  }

  @Test
  void shouldResignWithTheReasonWhenARoundCannotBeKept() {
    pair.addBackup(pair.first(), "b");
    standby().failing(true);
    pair.await("resigned", () -> pair.second().is(BackupState.RESIGNED));
    assertThat(pair.second().states.getLast()).contains("no space left", "a round");
    pair.await("alone", () -> pair.first().is(PrimaryState.SOLO));
    assertThat(standby().committedEpoch()).isEqualTo(-1);
  }

  @Test
  void shouldNotCountAsProtectedBeforeTheStandbyIsReady() {
    pair.first().guest().runTo(100);
    pair.addBackup(pair.first(), "b");
    standby().readiness(Readiness.NOT_YET);
    pair.await("epoch 0", () -> standby().committedEpoch() >= 0);
    pair.first().guest().runFor(100);
    pair.await("goes on committing", () -> standby().committedEpoch() >= 1);
    pair.cycles(500);
    assertThat(pair.first().primary().session().ackedEpoch()).isEqualTo(-1);
    assertThat(pair.first().is(PrimaryState.SYNCING)).isTrue();
    assertThat(pair.outside.lastFrame()).as("no client waits for that").isEqualTo(200);
    standby().readiness(Readiness.READY);
    pair.awaitProtected(pair.first(), pair.second());
    pair.first().guest().runFor(100);
    pair.await("frames left", () -> pair.outside.lastFrame() == 300);
  }

  @Test
  void shouldAskAgainForEachCopyAndNotTrustAnAnswerBeforeEpochZero() {
    pair.first().guest().runTo(100);
    pair.addBackup(pair.first(), "b");
    pair.await("some rounds", () -> standby().rounds() >= 3);
    standby().readiness(Readiness.NOT_YET);
    pair.await("epoch 0", () -> standby().committedEpoch() >= 0);
    pair.cycles(500);
    assertThat(pair.first().primary().session().ackedEpoch()).isEqualTo(-1);
    standby().readiness(Readiness.READY);
    pair.awaitProtected(pair.first(), pair.second());
  }

  @Test
  void shouldResignBeforeAnyAckWhenATakeoverWouldFail() {
    pair.addBackup(pair.first(), "b");
    standby().readiness(Readiness.NOT_YET);
    pair.await("epoch 0", () -> standby().committedEpoch() >= 0);
    standby().readiness(Readiness.failed("it was tried"));
    pair.await("resigned", () -> pair.second().is(BackupState.RESIGNED));
    assertThat(pair.second().states.getLast()).contains("a takeover would fail: it was tried");
    pair.await("alone", () -> pair.first().is(PrimaryState.SOLO));
    pair.first().guest().runFor(100);
    pair.await("frames left", () -> pair.outside.lastFrame() == 100);
  }

  @Test
  void shouldGoOnWhenAReadyStandbyIsBusyAgain() {
    pair.addBackup(pair.first(), "b");
    pair.awaitProtected(pair.first(), pair.second());
    standby().readiness(Readiness.NOT_YET);
    pair.runCommitted(pair.first(), pair.second(), 500);
    pair.await("frames left", () -> pair.outside.lastFrame() == 500);
  }

  /** An ack is no release: the guest's thread has to carry it out first. */
  @Test
  void shouldLoseNoFrameWhenThePrimaryDiesBetweenAnAckAndItsRelease() {
    pair.addBackup(pair.first(), "b");
    pair.awaitProtected(pair.first(), pair.second());
    pair.runCommitted(pair.first(), pair.second(), 100);
    pair.await("frames left", () -> pair.outside.lastFrame() == 100);
    long epoch = standby().committedEpoch();
    int[] ends = new int[1];
    pair.first()
        .link
        .tamper((template, message) -> {
          ends[0] += template == CheckpointEndDecoder.TEMPLATE_ID ? 1 : 0;
          return true;
        });
    pair.second().frozen(true);
    pair.first().guest().runFor(1);
    pair.await("shipped", () -> ends[0] == 1);
    pair.first().frozen(true);
    pair.second().frozen(false);
    pair.await("acked", () -> standby().committedEpoch() == epoch + 1);
    pair.first().guest().holdAfterCapture();
    pair.first().guest().runFor(1);
    pair.await("captured", () -> pair.first().guest().isHeld());
    pair.first().frozen(false);
    pair.await("committed", () -> standby().committedEpoch() == epoch + 2);
    pair.kill(pair.first(), pair.second());
    pair.await("takeover", () -> pair.second().is(PrimaryState.SOLO));
    assertThat(pair.outside.lastFrame()).isEqualTo(102);
  }

  @Test
  void shouldMirrorInputsInOrderWhenLinked() {
    pair.addBackup(pair.first(), "b");
    pair.awaitProtected(pair.first(), pair.second());
    pair.runCommitted(pair.first(), pair.second(), 2_000);
    pair.await("mirrored", () -> standby().mirroredInputs() >= 2_000);
    assertThat(pair.first().primary().mirroredInputs()).isEqualTo(standby().mirroredInputs());
  }

  @Test
  void shouldDropAndCountMirroredInputsWhenNobodyTakesThem() {
    pair.first().guest().runTo(100);
    pair.await("steps", () -> pair.first().guest().stepsMade() == 100);
    assertThat(pair.first().primary().droppedMirrors()).isEqualTo(100);
    pair.addBackup(pair.first(), "b");
    pair.awaitProtected(pair.first(), pair.second());
    pair.first().link.refuses(template -> template == MirroredInputDecoder.TEMPLATE_ID);
    pair.runCommitted(pair.first(), pair.second(), 150_000);
    assertThat(standby().mirroredInputs()).isZero();
    assertThat(pair.first().primary().droppedMirrors())
        .as("the queue is bounded, and nothing waits for it")
        .isGreaterThan(100);
    pair.first().link.refuses(template -> false);
    pair.runCommitted(pair.first(), pair.second(), 10);
    pair.await("mirrored", () -> standby().mirroredInputs() > 0);
    long dropped = pair.first().primary().droppedMirrors();
    pair.await("each is sent or dropped", () -> standby().mirroredInputs() + dropped == 150_110);
  }
}
