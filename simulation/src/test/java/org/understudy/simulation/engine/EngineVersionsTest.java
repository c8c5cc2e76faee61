package org.understudy.simulation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.understudy.backup.session.BackupState;
import org.understudy.primary.session.PrimaryState;
import org.understudy.protocol.codecs.HelloDecoder;
import org.understudy.protocol.codecs.HelloReplyDecoder;
import org.understudy.protocol.wire.WireLimits;

/** Two agents of which one is of an older or a newer program. */
class EngineVersionsTest {
  private static final int HERE = WireLimits.VERSION;
  private static final int OLDER = WireLimits.MIN_VERSION - 1;
  private static final int NEWER = WireLimits.VERSION + 1;

  private static final int HEADER = 8;
  private static final int VERSION = 6;

  private final EnginePair pair = new EnginePair(PairOptions.REPLIES);

  @AfterEach
  void close() {
    pair.close();
  }

  private static void put(UnsafeBuffer message, int offset, int value) {
    message.putShort(offset, (short) value, ByteOrder.LITTLE_ENDIAN);
  }

  private EngineNode backupThatSpeaks(int version) {
    EngineNode backup = pair.addBackup(pair.first(), "b");
    backup.link.tamper((template, message) -> {
      put(message, VERSION, version);
      if (template == HelloDecoder.TEMPLATE_ID) {
        put(message, HEADER + HelloDecoder.minVersionEncodingOffset(), version);
        put(message, HEADER + HelloDecoder.maxVersionEncodingOffset(), version);
      }
      return true;
    });
    return backup;
  }

  private void expectRefusal(EngineNode backup, String versions, String remedy) {
    pair.await("the backup ends", () -> backup.is(BackupState.REFUSED));
    assertThat(backup.states.getLast()).contains("VERSION", versions, remedy);
    assertThat(pair.first().is(PrimaryState.SOLO)).isTrue();
    long steps = pair.first().guest().stepsMade();
    pair.first().guest().runTo(steps + 100);
    pair.await("the guest goes on", () -> pair.first().guest().stepsMade() == steps + 100);
  }

  @Test
  void shouldRefuseAnOlderBackupInWordsThatBothSidesSay() {
    expectRefusal(
        backupThatSpeaks(WireLimits.MIN_VERSION - 1),
        "this primary speaks " + HERE + ", the backup " + OLDER,
        "upgrade Understudy on the backup");
    assertThat(pair.first().primary().counters().refusal)
        .contains("this primary speaks " + HERE + ", the backup " + OLDER);
  }

  @Test
  void shouldRefuseANewerBackupInWordsThatBothSidesSay() {
    expectRefusal(
        backupThatSpeaks(WireLimits.VERSION + 1),
        "this primary speaks " + HERE + ", the backup " + NEWER,
        "the backup is ahead");
    assertThat(pair.first().primary().counters().refusal).contains("the backup " + NEWER);
  }

  @Test
  void shouldEndABackupWhosePrimaryIsOlderAndAnswersAllTheSame() {
    EngineNode backup = pair.addBackup(pair.first(), "b");
    pair.first()
        .link
        .tamper((template, message) -> {
          put(message, VERSION, WireLimits.MIN_VERSION - 1);
          return template == HelloReplyDecoder.TEMPLATE_ID;
        });
    pair.await("the backup ends", () -> backup.is(BackupState.REFUSED));
    assertThat(backup.states.getLast())
        .contains(
            "this backup speaks " + HERE + ", the primary " + OLDER,
            "install the primary's version here");
    backup.kill();
    pair.await("the primary is solo", () -> pair.first().is(PrimaryState.SOLO));
  }

  @Test
  void shouldTellEachOtherTheirStates() {
    EngineNode backup = pair.addBackup(pair.first(), "b");
    pair.awaitProtected(pair.first(), backup);
    pair.await(
        "the primary hears that the backup is protected",
        () -> pair.first().primary().counters().peerState == BackupState.PROTECTED.code());
    pair.await(
        "the backup hears that the primary is",
        () -> backup.backup().peerState() == PrimaryState.PROTECTED.code());
  }
}
