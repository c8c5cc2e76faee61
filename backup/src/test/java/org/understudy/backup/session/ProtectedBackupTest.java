package org.understudy.backup.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the word protected promises to whoever reads it. */
class ProtectedBackupTest {
  private final BackupRig rig = new BackupRig();

  /** A script waits for the state and connects at once. */
  @Test
  void shouldTakeClientsBeforeItSaysThatTheGuestIsProtected() {
    rig.protectedHere();
    assertThat(rig.isFrontOpenIn)
        .containsEntry(BackupState.WHOLE, false)
        .containsEntry(BackupState.PROTECTED, true);
  }
}
