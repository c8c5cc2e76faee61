package org.understudy.primary.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A copy over what the backup's memory holds already. */
class CopyBaseTest {
  private final PrimaryRig rig = new PrimaryRig();

  private CopyBase copyOverBase() {
    rig.hasBase = true;
    rig.hello();
    rig.answer();
    rig.await(PrimaryState.SYNCING);
    rig.cycles(5);
    return rig.session.base();
  }

  @Test
  void shouldBeginWithTheFirstRoundOnlyWhenTheBackupHasSaidAll() {
    CopyBase base = copyOverBase();
    assertThat(base.isAwaited()).isTrue();
    base.onKept(false);
    rig.cycles(5);
    assertThat(rig.did("capture ROUND")).isFalse();
    base.onKept(true);
    assertThat(rig.did("capture ROUND")).isTrue();
    assertThat(base.isAwaited()).isFalse();
    rig.await(PrimaryState.PROTECTED);
  }

  @Test
  void shouldNotWaitWhereThereIsNoBase() {
    rig.syncing();
    assertThat(rig.session.base().isAwaited()).isFalse();
    assertThat(rig.did("awaitBase")).isFalse();
    rig.await(PrimaryState.PROTECTED);
  }

  @Test
  void shouldGiveUpACopyWhoseBackupDoesNotSayWhatItHas() {
    CopyBase base = copyOverBase();
    base.onKept(false);
    rig.await(PrimaryState.SOLO);
    assertThat(rig.reason).contains("does not say what its memory holds");
    assertThat(base.isAwaited()).isFalse();
    assertThat(rig.did("capture ROUND")).isFalse();
  }

  @Test
  void shouldWaitAsLongAsTheBackupGoesOnSayingIt() {
    CopyBase base = copyOverBase();
    for (int i = 0; i < 50; i++) {
      rig.cycles(500);
      base.onKept(false);
    }
    assertThat(rig.session.state()).isEqualTo(PrimaryState.SYNCING);
  }

  @Test
  void shouldGiveUpACopyWhoseBackupSaysWhatMakesNoSense() {
    copyOverBase().onBroken();
    rig.cycles(2);
    assertThat(rig.session.state()).isEqualTo(PrimaryState.SOLO);
    assertThat(rig.reason).contains("makes no sense");
  }

  @Test
  void shouldNotTakeTheNextCopysBaseForKnown() {
    copyOverBase().onBroken();
    rig.cycles(2);
    rig.cycles(60_000); // whatever the wait after a copy that failed
    CopyBase base = copyOverBase();
    assertThat(base.isAwaited()).isTrue();
    base.onKept(true);
    rig.await(PrimaryState.PROTECTED);
  }
}
