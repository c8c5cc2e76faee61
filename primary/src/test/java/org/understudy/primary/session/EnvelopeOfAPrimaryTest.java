package org.understudy.primary.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.understudy.pair.session.Goodbye;

/** Which messages a primary takes, by the generation and the link session they were sent in. */
class EnvelopeOfAPrimaryTest {
  private final PrimaryRig rig = new PrimaryRig();

  @Test
  void shouldDropWhatWasSentInTheGenerationBeforeItsBackupWasNamed() {
    rig.protectedPair();
    long session = rig.session.linkSession();
    long generation = rig.session.generation();
    assertThat(rig.session.admits(generation, session)).isTrue();
    assertThat(rig.session.admits(generation - 1, session)).isFalse();
    assertThat(rig.session.admits(generation + 1, session)).isFalse();
    assertThat(rig.session.admits(generation, session + 1)).isFalse();
    assertThat(rig.session.admits(generation, 0)).isFalse();
  }

  @Test
  void shouldBeginASessionOnlyWhenTheBackupAnswersInIt() {
    assertThat(rig.hello()).isTrue();
    rig.cycles(5);
    assertThat(rig.session.linkSession()).isZero();
    rig.answer();
    assertThat(rig.session.linkSession()).isNotZero();
    rig.await(PrimaryState.SYNCING);
  }

  @Test
  void shouldTakeNothingOfABackupThatHasLeft() {
    rig.protectedPair();
    long session = rig.session.linkSession();
    long generation = rig.session.generation();
    rig.goodbye(Goodbye.RESIGN);
    rig.await(PrimaryState.SOLO);
    assertThat(rig.session.admits(generation, session)).isFalse();
    assertThat(rig.session.admits(rig.session.generation(), session)).isFalse();
  }

  @Test
  void shouldTellABackupWhoseCopyWasGivenUpThatNobodyCountsOnIt() {
    rig.syncing();
    long session = rig.session.linkSession();
    rig.goodbye(Goodbye.RESIGN);
    rig.await(PrimaryState.SOLO);
    rig.cycles(200);
    assertThat(rig.did("goodbye RESIGN")).as("not asked yet").isFalse();
    rig.session.admits(rig.session.generation(), session);
    rig.cycles(100);
    assertThat(rig.did("goodbye RESIGN")).isTrue();
    assertThat(rig.goodbyeSession).isEqualTo(session);
  }

  /**
   * Its link session broke: what comes in it is stale, and the write that names it is under way.
   */
  @Test
  void shouldNotTellABackupThatItIsAboutToNameThatItsCopyWasGivenUp() {
    rig.isArbiterUp = false;
    rig.syncing();
    rig.await(PrimaryState.WHOLE);
    long session = rig.session.linkSession();
    rig.session.events().onLinkDown();
    rig.cycles(2);
    assertThat(rig.session.linkSession()).isZero();
    for (int i = 0; i < 500; i++) {
      rig.session.admits(rig.session.generation(), session);
      rig.cycle();
    }
    assertThat(rig.did("goodbye RESIGN")).isFalse();
  }

  @Test
  void shouldRefuseABackupThatKnowsAnotherRegister() {
    PeerHello stranger =
        new PeerHello(
            PrimaryRig.BACKUP,
            1,
            PrimaryRig.REGISTER_ID + 1,
            0,
            0,
            -1,
            0,
            false,
            false,
            null,
            null);
    rig.session.onHello(stranger);
    rig.cycles(5);
    assertThat(rig.refusal).contains("register");
    assertThat(rig.session.state()).isEqualTo(PrimaryState.SOLO);
    assertThat(rig.hello()).as("one that knows the same").isTrue();
  }
}
