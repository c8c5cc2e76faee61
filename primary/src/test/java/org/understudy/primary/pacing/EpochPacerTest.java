package org.understudy.primary.pacing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.GuestLoad;

class EpochPacerTest {
  private final PacerControl control = new PacerControl();
  private final GuestLoad load = new GuestLoad();
  private EpochPacer pacer =
      new EpochPacer(new PacerSettings(false, true, 100, 1000, 2, 10, 10, 50, 20, 10), control);

  private void capture(CaptureKind kind, long resumedNs) {
    pacer.onCaptured(kind);
    control.captureReleased();
    pacer.onResumed(resumedNs);
  }

  private void run() {
    control.request(1, CaptureKind.CHECKPOINT);
    assertThat(pacer.due(0, load)).isEqualTo(CaptureKind.CHECKPOINT);
    capture(CaptureKind.CHECKPOINT, 0);
    control.acked(0);
  }

  @Test
  void shouldCaptureNothingWhenNothingWasAskedFor() {
    load.outputBytes = 1;
    assertThat(pacer.due(5000, load)).isEqualTo(CaptureKind.NONE);
  }

  @Test
  void shouldCaptureEachRoundOnceAndThenEpochZero() {
    control.request(3, CaptureKind.ROUND);
    assertThat(pacer.due(0, load)).isEqualTo(CaptureKind.ROUND);
    capture(CaptureKind.ROUND, 0);
    assertThat(pacer.due(5000, load)).isEqualTo(CaptureKind.NONE);
    control.request(3, CaptureKind.ROUND);
    assertThat(pacer.due(5000, load)).isEqualTo(CaptureKind.ROUND);
    capture(CaptureKind.ROUND, 5000);
    control.request(3, CaptureKind.CHECKPOINT);
    assertThat(pacer.due(5000, load)).isEqualTo(CaptureKind.CHECKPOINT);
    capture(CaptureKind.CHECKPOINT, 5000);
    assertThat(pacer.epoch()).isZero();
    assertThat(pacer.copy()).isEqualTo(3);
  }

  @Test
  void shouldCaptureAsSoonAsOutputWaitsButNotBeforeTheLeastRunningTime() {
    run();
    load.outputBytes = 1;
    assertThat(pacer.due(99, load)).isEqualTo(CaptureKind.NONE);
    assertThat(pacer.due(100, load)).isEqualTo(CaptureKind.CHECKPOINT);
  }

  @Test
  void shouldCountRunningTimeFromTheResumeWhenThePauseWasLong() {
    run();
    load.outputBytes = 1;
    assertThat(pacer.due(100, load)).isEqualTo(CaptureKind.CHECKPOINT);
    capture(CaptureKind.CHECKPOINT, 5000);
    control.acked(1);
    assertThat(pacer.due(5099, load)).isEqualTo(CaptureKind.NONE);
    assertThat(pacer.due(5100, load)).isEqualTo(CaptureKind.CHECKPOINT);
  }

  @Test
  void shouldWaitWhenTooManyCheckpointsAreUnacked() {
    run();
    load.outputBytes = 1;
    capture(CaptureKind.CHECKPOINT, 0);
    capture(CaptureKind.CHECKPOINT, 0);
    assertThat(pacer.due(5000, load)).isEqualTo(CaptureKind.NONE);
    assertThat(pacer.isHeldBack()).isTrue();
    control.acked(1);
    assertThat(pacer.due(5000, load)).isEqualTo(CaptureKind.CHECKPOINT);
  }

  @Test
  void shouldCaptureAtTheLatestWhenAnythingChangedAndNeverWhenIdle() {
    run();
    assertThat(pacer.due(1_000_000, load)).isEqualTo(CaptureKind.NONE);
    load.consumedInputs = 1;
    assertThat(pacer.due(999, load)).isEqualTo(CaptureKind.NONE);
    assertThat(pacer.due(1000, load)).isEqualTo(CaptureKind.CHECKPOINT);
  }

  @Test
  void shouldWaitWhenTheCaptureBeforeIsNotEncodedYet() {
    run();
    load.dirtyPages = 10;
    pacer.onCaptured(CaptureKind.CHECKPOINT);
    assertThat(pacer.due(500, load)).isEqualTo(CaptureKind.NONE);
    control.captureReleased();
    assertThat(pacer.due(500, load)).isEqualTo(CaptureKind.CHECKPOINT);
  }

  @Test
  void shouldPauseMoreSeldomWhileOutputFlows() {
    run();
    load.outputBytes = 1;
    load.outputFlows = true;
    pacer.onResumed(0, 50); // at most 20 % of the time, 10 % while output flows
    assertThat(pacer.due(449, load)).isEqualTo(CaptureKind.NONE);
    assertThat(pacer.outputDueInNs(400, load)).isEqualTo(50);
    assertThat(pacer.due(450, load)).isEqualTo(CaptureKind.CHECKPOINT);
    load.outputFlows = false;
    assertThat(pacer.outputDueInNs(150, load)).isEqualTo(50);
    assertThat(pacer.due(199, load)).isEqualTo(CaptureKind.NONE);
    assertThat(pacer.due(200, load)).as("it has ceased").isEqualTo(CaptureKind.CHECKPOINT);
    assertThat(pacer.outputDueInNs(300, load)).isZero();
  }

  @Test
  void shouldNotLetFlowingOutputDelayWhatABoundAsksFor() {
    run();
    load.outputBytes = 1;
    load.outputFlows = true;
    load.fullestQueuePercent = 50;
    pacer.onResumed(0, 50);
    assertThat(pacer.due(200, load)).isEqualTo(CaptureKind.CHECKPOINT);
  }

  @Test
  void shouldIgnoreOutputWhenItLeavesByItself() {
    pacer = new EpochPacer(PacerSettings.llm(2_000_000, 100), control);
    run();
    load.outputBytes = 1000;
    assertThat(pacer.due(1_500_000, load)).isEqualTo(CaptureKind.NONE);
    load.consumedInputs = 100;
    assertThat(pacer.due(1_500_000, load)).isEqualTo(CaptureKind.CHECKPOINT);
  }

  @Test
  void shouldStopAfterTheFinalCapture() {
    run();
    control.request(1, CaptureKind.FINAL);
    assertThat(pacer.due(1, load)).isEqualTo(CaptureKind.FINAL);
    capture(CaptureKind.FINAL, 1);
    load.outputBytes = 1;
    assertThat(pacer.epoch()).isEqualTo(1);
    assertThat(pacer.due(100_000, load)).isEqualTo(CaptureKind.NONE);
  }

  @Test
  void shouldLetThePausedGuestGoOnWhenTheHandoverComesToNothing() {
    run();
    control.request(1, CaptureKind.HANDOVER);
    assertThat(pacer.due(1, load)).isEqualTo(CaptureKind.HANDOVER);
    capture(CaptureKind.HANDOVER, 1);
    assertThat(pacer.isPaused()).isTrue();
    control.resume(1, CaptureKind.CHECKPOINT);
    assertThat(pacer.due(3, load)).isEqualTo(CaptureKind.CHECKPOINT);
    assertThat(pacer.isPaused()).isFalse();
    capture(CaptureKind.CHECKPOINT, 3);
    assertThat(pacer.epoch()).isEqualTo(2);
  }

  @Test
  void shouldKeepTheGuestPausedUntilItIsToldToGoOn() {
    run();
    control.request(1, CaptureKind.HANDOVER);
    pacer.due(1, load);
    capture(CaptureKind.HANDOVER, 1);
    control.request(1, CaptureKind.NONE); // the backup is lost
    assertThat(pacer.due(2, load)).isEqualTo(CaptureKind.NONE);
    assertThat(pacer.isPaused()).isTrue();
    control.resume(1, CaptureKind.NONE); // solo is won
    assertThat(pacer.due(3, load)).isEqualTo(CaptureKind.NONE);
    assertThat(pacer.isPaused()).isFalse();
  }

  @Test
  void shouldKeepTheGuestPausedWhenAnotherLastCaptureFollowsTheOrderToGoOn() {
    run();
    control.request(1, CaptureKind.HANDOVER);
    pacer.due(1, load);
    capture(CaptureKind.HANDOVER, 1);
    control.resume(1, CaptureKind.CHECKPOINT);
    control.request(1, CaptureKind.FINAL); // before the guest looked
    assertThat(pacer.due(2, load)).isEqualTo(CaptureKind.FINAL);
    capture(CaptureKind.FINAL, 2);
    pacer.due(3, load);
    assertThat(pacer.isPaused()).isTrue();
  }
}
