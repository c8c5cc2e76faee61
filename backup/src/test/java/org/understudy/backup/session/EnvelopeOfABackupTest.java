package org.understudy.backup.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.pair.session.Goodbye;

/** Which messages a backup takes, by the generation and the link session they were sent in. */
class EnvelopeOfABackupTest {
  private static final long SESSION = BackupRig.LINK_SESSION;

  private final BackupRig rig = new BackupRig();

  @Test
  void shouldDropWhatBelongsToAnotherSessionOrGeneration() {
    rig.protectedHere();
    long stale = rig.session.counters().stale;
    assertThat(rig.session.admits(2, SESSION + 1)).isFalse();
    assertThat(rig.session.admits(1, SESSION)).isFalse();
    assertThat(rig.session.admits(3, SESSION)).isFalse();
    assertThat(rig.session.admits(2, 0)).isFalse();
    assertThat(rig.session.counters().stale).isEqualTo(stale + 4);
    assertThat(rig.session.admits(2, SESSION)).isTrue();
  }

  @Test
  void shouldFindItselfNamedByTheFirstMessageOfTheNextGenerationWhenProtectedIsLost() {
    rig.whole();
    rig.cycles(5);
    rig.register = BackupRig.naming(2);
    assertThat(rig.session.admits(2, SESSION)).isTrue();
    rig.generation = 2;
    rig.await(BackupState.PROTECTED);
    assertThat(rig.session.generation()).isEqualTo(2);
  }

  @Test
  void shouldNotBeNamedByAGenerationThatIsNotTheNextOne() {
    rig.whole();
    assertThat(rig.session.admits(3, SESSION)).isFalse();
    rig.cycles(5);
    assertThat(rig.session.state()).isEqualTo(BackupState.WHOLE);
  }

  @Test
  void shouldTakeNothingInASessionThatIsOver() {
    rig.protectedHere();
    rig.breakLink();
    assertThat(rig.session.admits(2, SESSION)).isFalse();
    assertThat(rig.session.onCheckpointBegin(1, 0, CaptureKind.CHECKPOINT)).isFalse();
    assertThat(rig.session.onMirrored()).isFalse();
  }

  @Test
  void shouldTakeOnlyCopiesOfInputsInTheSessionInWhichTheGuestWasHandedOver() {
    rig.protectedHere();
    rig.checkpoint(1, CaptureKind.HANDOVER);
    rig.session.onGoodbye(Goodbye.SWITCHOVER, "told");
    rig.isPrimaryAlive = false;
    rig.await(BackupState.CLAIMING);
    assertThat(rig.session.admits(2, SESSION + 1)).isFalse();
    assertThat(rig.session.admits(2, SESSION)).isTrue();
    assertThat(rig.session.onMirrored()).isTrue();
    assertThat(rig.session.onCheckpointBegin(2, 0, CaptureKind.CHECKPOINT)).isFalse();
    assertThat(rig.session.onOutput(1)).isFalse();
  }
}
