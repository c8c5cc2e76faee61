package org.understudy.simulation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.understudy.backup.session.BackupState;
import org.understudy.primary.session.PrimaryState;
import org.understudy.protocol.codecs.CheckpointBeginDecoder;
import org.understudy.protocol.codecs.CheckpointEndDecoder;
import org.understudy.protocol.codecs.HeartbeatDecoder;
import org.understudy.protocol.codecs.HelloDecoder;
import org.understudy.protocol.codecs.HelloReplyDecoder;
import org.understudy.protocol.codecs.PageBatchDecoder;
import org.understudy.protocol.codecs.ProtectedDecoder;
import org.understudy.protocol.codecs.SectionDecoder;

/** The engine with a fake guest on a hostile link. */
class EngineFaultsTest {
  /** What happens to one message on its way. */
  enum Harm {
    BATCH_FLIPPED(PageBatchDecoder.TEMPLATE_ID, 200),
    BATCH_LOST(PageBatchDecoder.TEMPLATE_ID, 0),
    SECTION_FLIPPED(SectionDecoder.TEMPLATE_ID, 200),
    SECTION_LOST(SectionDecoder.TEMPLATE_ID, 0),
    END_LOST(CheckpointEndDecoder.TEMPLATE_ID, 0),
    END_FLIPPED(CheckpointEndDecoder.TEMPLATE_ID, 60);

    final int template;
    final int flipAt;

    Harm(int template, int flipAt) {
      this.template = template;
      this.flipAt = flipAt;
    }

    /** False drops the message. */
    boolean apply(UnsafeBuffer message) {
      if (flipAt == 0) {
        return false;
      }
      int at = Math.min(flipAt, message.capacity() - 1);
      message.putByte(at, (byte) (message.getByte(at) ^ 0x10));
      return true;
    }
  }

  private EnginePair pair;

  @AfterEach
  void close() {
    if (pair != null) {
      pair.close();
    }
  }

  private EnginePair open(PairOptions options) {
    pair = EnginePair.ofProtected(options);
    return pair;
  }

  /** The next message of that kind comes to harm. */
  private int[] harmOnce(Harm harm) {
    int[] done = new int[1];
    pair.first()
        .link
        .tamper((template, message) ->
            template != harm.template || done[0]++ > 0 || harm.apply(message));
    return done;
  }

  @ParameterizedTest
  @EnumSource
  void shouldSendAgainWhenACheckpointComesToHarm(Harm harm) {
    open(PairOptions.FRAMES);
    pair.runCommitted(pair.first(), pair.second(), 100);
    int[] seen = harmOnce(harm);
    pair.runCommitted(pair.first(), pair.second(), 200);
    assertThat(seen[0]).isPositive();
    int verified = pair.second().verified();
    pair.runCommitted(pair.first(), pair.second(), 200);
    assertThat(pair.second().verified()).isGreaterThan(verified);
    assertThat(pair.first().is(PrimaryState.PROTECTED)).isTrue();
    assertThat(pair.second().backup().session().counters().copies).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void shouldCopyAgainWhenTheInitialCopyComesToHarm(Harm harm) {
    pair = new EnginePair(PairOptions.FRAMES);
    pair.first().guest().runTo(500);
    int[] seen = harmOnce(harm);
    pair.addBackup(pair.first(), "b");
    pair.awaitProtected(pair.first(), pair.second());
    pair.first().guest().runFor(500);
    pair.await("verified", () -> pair.second().verified() > 0);
    assertThat(seen[0]).isPositive();
  }

  @Test
  void shouldServeOnWhenTheCopyCannotBegin() {
    pair = new EnginePair(PairOptions.FRAMES);
    EngineNode first = pair.first();
    first.type.copyError = new UnsatisfiedLinkError("planted");
    pair.addBackup(first, "b");
    pair.await("tried", () -> first.primary().session().counters().copies > 0);
    pair.await("given up", () -> first.is(PrimaryState.SOLO));
    first.guest().runFor(100);
    pair.await("frames left", () -> pair.outside.lastFrame() == 100);
    assertThat(first.failure()).isNull();
    first.type.copyError = null;
    pair.awaitProtected(first, pair.second());
    pair.runCommitted(first, pair.second(), 100);
  }

  @Test
  void shouldServeOnWhenANoteOfTheBackupFails() {
    pair = new EnginePair(PairOptions.FRAMES);
    EngineNode first = pair.first();
    first.type.noteError = new OutOfMemoryError("planted");
    pair.addBackup(first, "b");
    pair.await("given up", () -> first.states.toString().contains("a note of the backup failed"));
    pair.await("solo", () -> first.is(PrimaryState.SOLO));
    first.guest().runFor(100);
    pair.await("frames left", () -> pair.outside.lastFrame() == 100);
    first.type.noteError = null;
    pair.awaitProtected(first, pair.second());
  }

  /** A name that no node can have makes the primary fail where it takes the Hello apart. */
  @Test
  void shouldServeOnWhenAHelloCannotBeHandled() {
    pair = new EnginePair(PairOptions.FRAMES);
    EngineNode first = pair.first();
    int[] sent = {0};
    boolean[] spoils = {true};
    EngineNode second = pair.addBackup(first, "b");
    second.link.tamper((template, message) -> {
      if (template == HelloDecoder.TEMPLATE_ID) {
        sent[0]++;
        if (spoils[0]) {
          spoilName(message);
        }
      }
      return true;
    });
    pair.await("some attempts", () -> sent[0] > 3);
    assertThat(second.is(BackupState.CONNECTING)).isTrue();
    first.guest().runFor(100);
    pair.await("frames left", () -> pair.outside.lastFrame() == 100);
    assertThat(first.failure()).isNull();
    spoils[0] = false;
    pair.awaitProtected(first, second);
  }

  private static void spoilName(UnsafeBuffer message) {
    for (int at = 0; at + 4 < message.capacity(); at++) {
      if (message.getShort(at) == 1
          && message.getByte(at + 2) == 'b'
          && message.getByte(at + 3) == 4) {
        message.putByte(at + 2, (byte) ' ');
        return;
      }
    }
    throw new AssertionError("no name in this Hello");
  }

  @Test
  void shouldServeOnWhenEncodingFails() {
    open(PairOptions.FRAMES);
    pair.runCommitted(pair.first(), pair.second(), 100);
    pair.first().type.encodeError = new OutOfMemoryError("planted");
    pair.first().guest().runFor(100);
    pair.await("solo", () -> pair.first().is(PrimaryState.SOLO));
    pair.await("frames left", () -> pair.outside.lastFrame() == 200);
    assertThat(pair.first().failure()).isNull();
  }

  @Test
  void shouldResignAndNeverTakeOverWhenEveryCheckpointIsCorrupt() {
    open(PairOptions.FRAMES);
    pair.runCommitted(pair.first(), pair.second(), 100);
    pair.first()
        .link
        .tamper((template, message) ->
            template != CheckpointEndDecoder.TEMPLATE_ID || Harm.END_FLIPPED.apply(message));
    pair.first().guest().runFor(200);
    pair.await("resigned", () -> pair.second().is(BackupState.RESIGNED));
    pair.await("solo", () -> pair.first().is(PrimaryState.SOLO));
    pair.await("frames left", () -> pair.outside.lastFrame() == 300);
    assertThat(pair.second().restored()).isNull();
    assertThat(pair.second().type.fakeStandby().isDiscarded()).isTrue();
  }

  @Test
  void shouldDropTheImageAndCopyAnewWhenVerifyFindsADifference() {
    open(PairOptions.FRAMES);
    pair.runCommitted(pair.first(), pair.second(), 100);
    pair.second().spoilImage();
    pair.await(
        "resigns",
        () -> {
          // Images are compared now and then: there must be epochs until then.
          pair.first().guest().runFor(1);
          return pair.second().states.stream()
              .anyMatch(state -> state.startsWith("RESIGNING: the image differs"));
        });
    pair.await("copied anew", () -> pair.second().backup().session().counters().copies == 2);
    pair.awaitProtected(pair.first(), pair.second());
    pair.runCommitted(pair.first(), pair.second(), 100);
    assertThat(pair.second().states).noneMatch(state -> state.startsWith("CLAIMING"));
  }

  @Test
  void shouldResignBeforeAnAckWhenTheStandbyCannotCommit() {
    open(PairOptions.FRAMES);
    pair.runCommitted(pair.first(), pair.second(), 100);
    long acked = pair.first().primary().session().ackedEpoch();
    pair.second().type.fakeStandby().failing(true);
    pair.first().guest().runFor(50);
    pair.await("resigned", () -> pair.second().is(BackupState.RESIGNED));
    assertThat(pair.first().primary().session().ackedEpoch()).isLessThanOrEqualTo(acked + 1);
    assertThat(pair.second().states.getLast()).contains("no space left");
    pair.await("frames left", () -> pair.outside.lastFrame() == 150);
    assertThat(pair.first().is(PrimaryState.SOLO)).isTrue();
  }

  @Test
  void shouldResumeWithoutACopyWhenTheLinkIsCutAgainAndAgain() {
    open(PairOptions.REPLIES);
    long session = pair.second().front.connect();
    int requests = 0;
    for (int i = 0; i < 30; i++) {
      for (int k = 0; k < 10; k++) {
        pair.second().front.request(session);
        requests++;
        pair.first().guest().runFor(5);
        pair.cycles(1 + i % 3);
      }
      pair.first().link.up(false);
      pair.cycles(20);
      pair.first().link.up(true);
      pair.await("resumed", () -> pair.first().is(PrimaryState.PROTECTED));
    }
    long expected = requests;
    pair.await("answered", () -> pair.second().front.answered(session) == expected);
    assertThat(pair.second().backup().session().counters().copies).isEqualTo(1);
    assertThat(pair.second().backup().session().counters().resumes).isGreaterThanOrEqualTo(20);
    assertThat(pair.second().verified()).isPositive();
  }

  @Test
  void shouldGoOnWhenEveryBufferIsTiny() {
    open(PairOptions.REPLIES.withLimits(4096, 1, 4096));
    long session = pair.second().front.connect();
    for (int i = 0; i < 300; i++) {
      pair.second().front.request(session);
    }
    pair.first().guest().runFor(3_000);
    pair.await("answered", () -> pair.second().front.answered(session) == 300);
    pair.await("steps", () -> pair.first().guest().stepsMade() >= 3_000);
    assertThat(pair.first().link.backPressured).isPositive();
  }

  @Test
  void shouldCopyAgainOrGoOnWhenMoreIsUnackedThanCanBeKept() {
    open(PairOptions.FRAMES.withLimits(1 << 20, 1, 1 << 20));
    pair.runCommitted(pair.first(), pair.second(), 50);
    pair.second().frozen(true);
    pair.first().guest().runFor(5_000);
    pair.cycles(500);
    pair.first().link.up(false);
    pair.second().frozen(false);
    pair.cycles(50);
    pair.first().link.up(true);
    pair.first().guest().runFor(5_000);
    pair.await(
        "protected or solo",
        () -> pair.first().is(PrimaryState.PROTECTED) || pair.first().is(PrimaryState.SOLO));
    long last = pair.first().guest().stepsMade();
    pair.await("frames left", () -> pair.outside.lastFrame() >= last);
    assertThat(pair.first().states).noneMatch(state -> state.contains("commits nothing"));
    pair.awaitProtected(pair.first(), pair.second());
    pair.runCommitted(pair.first(), pair.second(), 100);
  }

  @Test
  void shouldGoOnSoloAndCopyAgainWhenTheGuestCannotTellAnEpochAsAWhole() {
    open(PairOptions.FRAMES);
    pair.runCommitted(pair.first(), pair.second(), 100);
    pair.first().guest().host.protectionBroken("more than was bargained for");
    pair.first().guest().runFor(50);
    pair.await("frames left", () -> pair.outside.lastFrame() == 150);
    assertThat(pair.first().states).anyMatch(state -> state.contains("CLAIMING: more than was"));
    pair.awaitProtected(pair.first(), pair.second());
    pair.runCommitted(pair.first(), pair.second(), 100);
    assertThat(pair.second().backup().session().counters().copies).isEqualTo(2);
    assertThat(pair.first().failure()).isNull();
  }

  @Test
  void shouldBecomeProtectedWhenTheWordOfItMeetsBackPressure() {
    pair = new EnginePair(PairOptions.FRAMES);
    int[] refused = new int[1];
    pair.first()
        .link
        .refuses(template -> template == ProtectedDecoder.TEMPLATE_ID && refused[0]++ >= 0);
    pair.first().guest().runTo(300);
    pair.addBackup(pair.first(), "b");
    pair.awaitProtected(pair.first(), pair.second());
    assertThat(refused[0]).as("the next message says the same").isEqualTo(1);
    pair.runCommitted(pair.first(), pair.second(), 300);
  }

  @Test
  void shouldSendASignOfLifeBeforeBulkWhenAFullLinkHasRoomAgain() {
    pair = new EnginePair(PairOptions.FRAMES);
    List<Integer> refused = new ArrayList<>();
    List<Integer> sent = new ArrayList<>();
    boolean[] full = {true};
    MemoryLink link = pair.first().link;
    link.refuses(template -> {
      boolean refuses = full[0] && template != HelloReplyDecoder.TEMPLATE_ID;
      if (refuses) {
        refused.add(template);
      } else {
        sent.add(template);
        full[0] = true; // room for one
      }
      return refuses;
    });
    pair.first().guest().runTo(300);
    pair.addBackup(pair.first(), "b");
    pair.await(
        "the copy wants to go out", () -> refused.contains(CheckpointBeginDecoder.TEMPLATE_ID));
    refused.clear();
    pair.await("a heartbeat is due", () -> refused.contains(HeartbeatDecoder.TEMPLATE_ID));
    sent.clear();
    full[0] = false;
    pair.await("one passes", () -> !sent.isEmpty());
    assertThat(sent.getFirst()).isEqualTo(HeartbeatDecoder.TEMPLATE_ID);
    link.refuses(template -> false);
    pair.awaitProtected(pair.first(), pair.second());
  }

  @Test
  void shouldLoseNoMessageWhenEachIsRefusedAtRandom() {
    pair = new EnginePair(PairOptions.REPLIES);
    java.util.Random random = new java.util.Random(pair.seed);
    pair.first().link.refuses(template -> random.nextInt(3) == 0);
    EngineNode backup = pair.addBackup(pair.first(), "b");
    backup.link.refuses(template -> random.nextInt(3) == 0);
    pair.awaitProtected(pair.first(), backup);
    long session = backup.front.connect();
    for (int i = 0; i < 200; i++) {
      backup.front.request(session);
      pair.first().guest().runFor(4);
      pair.cycles(2);
    }
    pair.await("answered", () -> backup.front.answered(session) == 200);
    assertThat(backup.backup().session().counters().copies).isEqualTo(1);
  }

  @Test
  void shouldRunRegionsAboveTwoGibibytesWhenMostOfThemIsUntouched() {
    open(
        PairOptions.FRAMES.withRam((3L << 30) + 4096, org.understudy.primary.agent.VerifyPlan.OFF));
    pair.runCommitted(pair.first(), pair.second(), 400);
    pair.kill(pair.first(), pair.second());
    pair.await("takeover", () -> pair.second().is(PrimaryState.SOLO));
    long restored = pair.second().guest().stepsMade();
    pair.second().guest().runFor(50);
    pair.await("serves", () -> pair.outside.lastFrame() == restored + 50);
  }

  @Test
  void shouldHandOverFramesWhenThePrimaryDiesBeforeTheyAreReportedReleased() {
    open(PairOptions.FRAMES);
    pair.runCommitted(pair.first(), pair.second(), 100);
    pair.await("frames left", () -> pair.outside.lastFrame() == 100);
    // Acks do not arrive any more: the primary cannot open its gate for what is committed.
    pair.second()
        .link
        .tamper((template, message) ->
            template != org.understudy.protocol.codecs.AckDecoder.TEMPLATE_ID);
    pair.runCommitted(pair.first(), pair.second(), 20);
    assertThat(pair.second().type.fakeStandby().keptFrames()).isPositive();
    pair.kill(pair.first(), pair.second());
    pair.await("handed over", () -> pair.outside.lastFrame() == 120);
    pair.await("takeover", () -> pair.second().is(PrimaryState.SOLO));
    assertThat(pair.second().guest().stepsMade()).isEqualTo(120);
  }

  @Test
  void shouldTryTheRestoreAgainWhenMemoryIsShortForAMoment() {
    open(PairOptions.FRAMES);
    pair.runCommitted(pair.first(), pair.second(), 100);
    pair.second().type.failRestores(3);
    pair.kill(pair.first(), pair.second());
    pair.await("takeover", () -> pair.second().is(PrimaryState.SOLO));
    assertThat(pair.second().guest().stepsMade()).isEqualTo(100);
  }

  @Test
  void shouldSayWhatBecameOfTheGuestWhenItCannotBeRestored() {
    open(PairOptions.FRAMES);
    pair.runCommitted(pair.first(), pair.second(), 100);
    pair.second().type.failRestores(Integer.MAX_VALUE);
    pair.kill(pair.first(), pair.second());
    assertThatThrownBy(() -> pair.await("takeover", () -> pair.second().is(PrimaryState.SOLO)))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(pair.second().backup().state())
        .isEqualTo(org.understudy.backup.session.BackupState.LOST);
  }
}
