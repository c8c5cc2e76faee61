package org.understudy.primary.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.pair.session.Goodbye;

/** While nothing is protected yet nothing is gained by haste, and a sick backup costs little. */
class UnprotectedPrimaryTest {
  private final PrimaryRig rig = new PrimaryRig();

  @Test
  void shouldWaitLongForASilentBackupWhileTheCopyRuns() {
    rig.syncing();
    rig.isBackupAlive = false;
    rig.cycles(10_000);
    assertThat(rig.session.state()).isEqualTo(PrimaryState.SYNCING);
    rig.cycles(6000);
    assertThat(rig.session.state()).isEqualTo(PrimaryState.SOLO);
  }

  @Test
  void shouldSendASignOfLifeAsSoonAsTheLinkHasRoomForOne() {
    rig.syncing();
    rig.isLinkFull = true;
    rig.cycles(500);
    rig.done.clear();
    rig.isLinkFull = false;
    rig.cycle();
    assertThat(rig.done).containsOnlyOnce("heartbeat");
  }

  @Test
  void shouldWaitLongForTheCommitOfTheCopy() {
    rig.acks = false;
    rig.syncing();
    rig.cycles(40_000);
    assertThat(rig.session.state()).isEqualTo(PrimaryState.SYNCING);
    rig.acks = true;
    rig.await(PrimaryState.PROTECTED);
  }

  @Test
  void shouldGiveTheCopyUpAtOnceWhenTheBackupIsDead() {
    rig.syncing();
    rig.killBackup();
    rig.cycle();
    assertThat(rig.session.state()).isEqualTo(PrimaryState.SOLO);
  }

  @Test
  void shouldWaitOneTimeoutForASilentBackupOnceTheCopyIsWhole() {
    rig.protectedPair();
    rig.isBackupAlive = false;
    rig.cycles(1700);
    assertThat(rig.states).contains(PrimaryState.CLAIMING);
  }

  @Test
  void shouldStaySoloAndSayWhyWhenACopyCannotBegin() {
    rig.copyError = new UnsatisfiedLinkError("no native code");
    assertThat(rig.hello()).as(rig.refusal).isTrue();
    rig.answer();
    rig.await(PrimaryState.SOLO);
    assertThat(rig.reason).contains("cannot begin", "no native code");
    assertThat(rig.done).contains("goodbye LINK_RESTART");
    assertThat(rig.hello()).isFalse();
    assertThat(rig.refusal).startsWith("BUSY").contains("no native code");

    rig.copyError = null;
    long waited = 0;
    while (!rig.hello()) {
      rig.cycle();
      assertThat(++waited).isLessThan(60_000);
    }
    rig.answer();
    rig.await(PrimaryState.PROTECTED);
  }

  @Test
  void shouldWaitLongerAfterEachCopyThatFailedAndNotAfterOneThatProtected() {
    long before = failedCopy();
    for (int i = 0; i < 3; i++) {
      long waited = failedCopy();
      assertThat(waited).isGreaterThanOrEqualTo(before * 3 / 2);
      before = waited;
    }
    awaitAccepted();
    rig.protectedPair();
    rig.goodbye(Goodbye.RESIGN);
    rig.await(PrimaryState.SOLO);
    assertThat(rig.hello()).as("the next failure is the first again").isTrue();
  }

  /** How long the backup was refused after a copy that failed. */
  private long failedCopy() {
    rig.syncing();
    rig.goodbye(Goodbye.RESIGN);
    rig.await(PrimaryState.SOLO);
    assertThat(rig.hello()).isFalse();
    assertThat(rig.refusal).startsWith("BUSY").contains("backup left");
    return awaitAccepted();
  }

  private long awaitAccepted() {
    long beganNs = rig.nowNs;
    while (!rig.hello()) {
      rig.cycle();
      assertThat(rig.nowNs - beganNs).isLessThan(20 * PrimaryRig.TIMEOUT_NS);
    }
    return rig.nowNs - beganNs;
  }

  @Test
  void shouldServeItsOwnClientsUntilTheCopyIsCommittedWhenOutputLeavesEarly() {
    PrimaryRig streaming = new PrimaryRig(true);
    streaming.acks = false;
    streaming.syncing();
    streaming.cycles(10_000);
    assertThat(streaming.servesLocally).as("a sick backup shuts nobody out").isTrue();
    streaming.acks = true;
    streaming.cycles(3);
    assertThat(streaming.servesLocally).as("from here on the log must have every input").isFalse();
    streaming.await(PrimaryState.PROTECTED);
    assertThat(streaming.servesLocally).isFalse();
  }

  @Test
  void shouldServeItsOwnClientsAgainWhenACopyIsGivenUpAfterItsCommit() {
    PrimaryRig streaming = new PrimaryRig(true);
    streaming.acks = false;
    streaming.syncing();
    streaming.cycles(10);
    streaming.session.onAck(0);
    assertThat(streaming.servesLocally).isFalse();
    streaming.goodbye(Goodbye.RESIGN);
    streaming.await(PrimaryState.SOLO);
    assertThat(streaming.servesLocally).isTrue();
  }

  @Test
  void shouldAskForAnInputAgainWhenItFoundNoRoom() {
    rig.protectedPair();
    assertThat(rig.session.onInput(1)).isEqualTo(PrimarySession.InputVerdict.ACCEPT);
    rig.session.onInputRefused();
    rig.await(PrimaryState.LINK_LOST);
    assertThat(rig.session.lastInputReceived()).isZero();
    rig.resume();
    rig.await(PrimaryState.PROTECTED);
    assertThat(rig.session.onInput(1)).isEqualTo(PrimarySession.InputVerdict.ACCEPT);
    assertThat(rig.session.counters().inputsRefused).isEqualTo(1);
  }

  @Test
  void shouldDropACaptureThatWasTakenForTheCopyBefore() {
    rig.protectedPair();
    long before = rig.session.copy();
    rig.goodbye(Goodbye.RESIGN);
    rig.await(PrimaryState.SOLO);
    rig.syncing();
    assertThat(rig.session.copy()).isGreaterThan(before);
    assertThat(rig.session.onCaptured(before, CaptureKind.ROUND, 0)).isFalse();
  }

  @Test
  void shouldSendOneHeartbeatPerIntervalThoughItIsOfferedTwiceInACycle() {
    rig.protectedPair();
    rig.done.clear();
    for (int i = 0; i < 500; i++) {
      rig.session.heartbeat(rig.nowNs + PrimaryRig.MS);
      rig.cycle();
    }
    assertThat(rig.done.stream().filter("heartbeat"::equals).count()).isBetween(9L, 11L);
  }

  @Test
  void shouldServeNobodyBeforeItBegins() {
    assertThat(rig.servedBeforeItBegan).as("a replay may come before that").isFalse();
    assertThat(rig.servesLocally).isTrue();
  }
}
