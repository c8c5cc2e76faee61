package org.understudy.backup.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A copy that goes over memory of before. */
class CopyOverBaseTest {
  private final BackupRig rig = new BackupRig();

  @Test
  void shouldBeginWithWhatIsThere() {
    rig.hasBase = true;
    rig.syncing();
    assertThat(rig.did("startImage over base")).isTrue();
  }

  @Test
  void shouldBeginWithZerosWhereThePrimaryWantsThat() {
    rig.syncing();
    assertThat(rig.did("startImage")).isTrue();
  }

  @Test
  void shouldSayTheSameInEachRepetitionOfAHello() {
    rig.cycle();
    rig.hasBase = true;
    rig.cycles(500);
    assertThat(rig.hello.hasBase()).as("the answer to the first one may be on its way").isFalse();
  }
}
