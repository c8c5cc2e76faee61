package org.understudy.primary.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.understudy.pair.session.Goodbye;

/** A duty cycle that is broken off in the middle of a change of state. */
class FailingCycleTest {
  private final PrimaryRig rig = new PrimaryRig();

  @Test
  void shouldWinNothingByTheClaimOfAStateBefore() {
    rig.protectedPair();
    rig.stopErrors = 1;
    rig.isArbiterUp = false;
    rig.goodbye(Goodbye.RESIGN);
    assertThatThrownBy(rig::cycle).isInstanceOf(OutOfMemoryError.class);
    rig.cycles(100);
    assertThat(rig.session.state()).isEqualTo(PrimaryState.CLAIMING);
    assertThat(rig.did("openGate")).isFalse();
  }

  @Test
  void shouldDoInTheNextCycleWhatBelongsToTheState() {
    rig.protectedPair();
    rig.stopErrors = 2;
    rig.goodbye(Goodbye.RESIGN);
    assertThatThrownBy(rig::cycle).isInstanceOf(OutOfMemoryError.class);
    assertThatThrownBy(rig::cycle).isInstanceOf(OutOfMemoryError.class);
    rig.await(PrimaryState.SOLO);
    assertThat(rig.done).contains("openGate");
    assertThat(rig.servesLocally).isTrue();
  }
}
