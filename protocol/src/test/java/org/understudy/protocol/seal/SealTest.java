package org.understudy.protocol.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.protocol.seal.SealRig.Node;
import org.understudy.protocol.wire.SendStatus;

/** Two seals, and a wire on which the test does as it likes. */
class SealTest {
  private static final SealKey KEY = SealRig.key(1);
  private static final SealKey OTHER_KEY = SealRig.key(2);

  private final SealRig rig = new SealRig();
  private final Node backup = rig.node("b", "a", KEY);
  private final Node primary = rig.node("a", "b", KEY);

  private void meet() {
    rig.pass(1_000);
    backup.say(SealRig.HELLO, "hello");
    rig.deliver(backup, primary);
    assertThat(primary.heard).containsExactly("hello");
    primary.say(SealRig.REPLY, "reply");
    rig.deliver(primary, backup);
    assertThat(backup.heard).containsExactly("reply");
    primary.heard.clear();
    backup.heard.clear();
  }

  @Test
  void shouldBringEverythingInOrderInBothDirections() {
    meet();
    for (int i = 0; i < 100; i++) {
      backup.say(SealRig.BOUND, "up " + i);
      primary.say(SealRig.BOUND, "down " + i);
    }
    rig.deliver(backup, primary);
    assertThat(primary.heard).hasSize(100).startsWith("up 0").endsWith("up 99");
    assertThat(backup.heard).hasSize(100).startsWith("down 0").endsWith("down 99");
    assertThat(primary.refused + backup.refused).isZero();
  }

  @Test
  void shouldShowNothingOfWhatIsSaid() {
    meet();
    backup.say(SealRig.BOUND, "a secret of the guest");
    assertThat(rig.everythingOnTheWire()).isNotEmpty();
    for (String seen : rig.everythingOnTheWire()) {
      assertThat(seen).doesNotContain("hello", "reply", "secret", " a ", " b ");
    }
  }

  @Test
  void shouldUseOtherKeysForEachConnection() {
    meet();
    List<String> before = List.copyOf(rig.everythingOnTheWire());
    meet();
    assertThat(rig.everythingOnTheWire()).doesNotHaveDuplicates().hasSize(2 * before.size());
  }

  @Test
  void shouldSayNothingBeforeItHasKeys() {
    assertThat(backup.say(SealRig.BOUND, "early")).isEqualTo(SendStatus.NOT_CONNECTED);
    assertThat(rig.everythingOnTheWire()).isEmpty();
  }

  /** A Hello is said again until it is answered, and any of these messages may be lost. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldComeAboutWhateverIsLostOfIt(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 200 && !primary.heard.contains("hello"); i++) {
      backup.say(SealRig.HELLO, "hello");
      rig.deliverSome(backup, primary, random);
      rig.pass(100);
    }
    assertThat(primary.heard).as("seed " + seed).contains("hello");
    primary.say(SealRig.REPLY, "reply");
    rig.deliver(primary, backup);
    assertThat(backup.heard).as("seed " + seed).containsExactly("reply");
  }

  @Test
  void shouldRefuseEveryReplay() {
    meet();
    backup.say(SealRig.BOUND, "once");
    byte[] record = backup.lastSent();
    rig.deliver(backup, primary);
    primary.take(record);
    primary.take(record);
    assertThat(primary.heard).containsExactly("once");
    assertThat(primary.refused).isEqualTo(2);
    backup.say(SealRig.BOUND, "twice");
    rig.deliver(backup, primary);
    assertThat(primary.heard).containsExactly("once", "twice");
  }

  /** Whoever has recorded the connection of yesterday says it all again. */
  @Test
  void shouldGoOnWhenAnOldHandshakeIsSaidAgain() {
    meet();
    List<byte[]> yesterday = List.copyOf(backup.sent);
    meet();
    yesterday.forEach(primary::take);
    rig.pass(1_000);
    yesterday.forEach(primary::take);
    assertThat(primary.heard).isEmpty();
    primary.say(SealRig.BOUND, "down");
    backup.say(SealRig.BOUND, "up");
    rig.deliver(backup, primary);
    assertThat(backup.heard).containsExactly("down");
    assertThat(primary.heard).containsExactly("up");
    assertThat(primary.missing + backup.missing).isZero();
  }

  @Test
  void shouldComputeNoMoreThanItsBoundForAFloodOfOldHandshakes() {
    for (int i = 0; i < 50; i++) {
      meet();
    }
    List<byte[]> yesterday = List.copyOf(backup.sent);
    int agreements = primary.secrets;
    for (int i = 0; i < 200; i++) {
      yesterday.forEach(primary::take);
    }
    assertThat(primary.secrets - agreements).isLessThanOrEqualTo(1);
    meetAgain();
  }

  private void meetAgain() {
    rig.forgetWhatIsUnderWay();
    meet();
  }

  @Test
  void shouldSayThatSomethingIsMissing() {
    meet();
    backup.say(SealRig.BOUND, "lost");
    rig.forgetWhatIsUnderWay();
    backup.say(SealRig.BOUND, "after");
    rig.deliver(backup, primary);
    assertThat(primary.heard).containsExactly("(missing)", "after");
    primary.heard.clear();
    meetAgain();
  }

  @Test
  void shouldRefuseRecordsInAnotherOrder() {
    meet();
    backup.say(SealRig.BOUND, "1");
    byte[] one = backup.lastSent();
    backup.say(SealRig.BOUND, "2");
    byte[] two = backup.lastSent();
    rig.forgetWhatIsUnderWay();
    primary.take(two);
    primary.take(one);
    assertThat(primary.heard).containsExactly("(missing)", "2");
    assertThat(primary.refused).isEqualTo(1);
  }

  @Test
  void shouldRefuseEveryChangedBitWithoutHarm() {
    meet();
    backup.say(SealRig.BOUND, "as it was");
    byte[] record = backup.lastSent();
    for (int bit = 0; bit < 8 * record.length; bit++) {
      byte[] changed = record.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      primary.take(changed);
    }
    for (int length = 0; length < record.length; length++) {
      primary.take(java.util.Arrays.copyOf(record, length));
    }
    assertThat(primary.heard).isEmpty();
    assertThat(primary.missing).isZero();
    rig.deliver(backup, primary);
    assertThat(primary.heard).containsExactly("as it was");
  }

  /** What one side said does not come back to it as the other side's word. */
  @Test
  void shouldRefuseItsOwnWords() {
    meet();
    backup.say(SealRig.BOUND, "mine");
    backup.take(backup.lastSent());
    backup.sent.forEach(backup::take);
    assertThat(backup.heard).isEmpty();
  }

  @Test
  void shouldRefuseWhoeverHasAnotherKeyOrAnotherName() {
    for (Node stranger :
        List.of(
            rig.node("b", "a", OTHER_KEY),
            rig.node("c", "a", KEY),
            rig.node("b", "c", KEY),
            rig.node("b", "a", new SealKey(KEY.id(), OTHER_KEY.secret())))) {
      stranger.say(SealRig.HELLO, "hello");
      rig.deliver(stranger, primary);
      assertThat(primary.heard).isEmpty();
      assertThat(stranger.heard).isEmpty();
    }
    assertThat(primary.refused).isEqualTo(4);
    assertThat(primary.secrets).as("nothing was computed for them").isZero();
    meet();
  }

  @Test
  void shouldBelieveNothingThatIsNotSealed() {
    meet();
    for (int template = 0; template < 50; template++) {
      primary.take(SealRig.message(template, "in the clear"));
    }
    assertThat(primary.heard).isEmpty();
    assertThat(primary.missing).isZero();
    primary.say(SealRig.BOUND, "goes on");
    rig.deliver(primary, backup);
    assertThat(backup.heard).containsExactly("goes on");
  }

  /** While keys change, each node may have the old one, the new one or both. */
  @Test
  void shouldMeetAsLongAsThereIsOneKeyInCommon() {
    Node both = rig.node("b", "a", OTHER_KEY, KEY);
    for (int i = 0; i < 2; i++) {
      both.say(SealRig.HELLO, "hello");
      rig.deliver(both, primary);
      rig.pass(100);
    }
    assertThat(primary.heard).containsExactly("hello");
    primary.heard.clear();
    Node changed = rig.node("a", "b", KEY, OTHER_KEY);
    Node fresh = rig.node("b", "a", OTHER_KEY);
    fresh.say(SealRig.HELLO, "hello");
    rig.deliver(fresh, changed);
    assertThat(changed.heard).containsExactly("hello");
  }

  @Test
  void shouldSealAgainUnderTheSameNumberWhatFoundNoRoom() {
    meet();
    backup.hasRoom = false;
    assertThat(backup.say(SealRig.BOUND, "first try")).isEqualTo(SendStatus.BACK_PRESSURED);
    backup.hasRoom = true;
    backup.isFull = true;
    assertThat(backup.say(SealRig.BOUND, "second try")).isEqualTo(SendStatus.BACK_PRESSURED);
    backup.isFull = false;
    assertThat(backup.say(SealRig.BOUND, "third try")).isEqualTo(SendStatus.SENT);
    rig.deliver(backup, primary);
    assertThat(primary.heard).containsExactly("third try");
  }

  /** Nobody knows whether a record left whose sink failed: its number must not serve twice. */
  @Test
  void shouldSpendTheNumberOfARecordWhoseSinkFailed() {
    meet();
    backup.isBroken = true;
    assertThatThrownBy(() -> backup.say(SealRig.BOUND, "left, or not"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(SealRig.BROKEN);
    backup.isBroken = false;
    assertThat(backup.say(SealRig.BOUND, "after")).isEqualTo(SendStatus.SENT);
    rig.deliver(backup, primary);
    assertThat(primary.heard).containsExactly("(missing)", "after");
    primary.heard.clear();
    meetAgain();
  }

  @Test
  void shouldTellThePeopleOfBothSidesThatOnlyOneSeals() {
    Node clear = rig.clearNode();
    clear.say(SealRig.HELLO, "hello");
    rig.deliver(clear, primary);
    assertThat(primary.heard).isEmpty();
    assertThat(clear.heard).isEmpty();
    assertThat(clear.refused).as("the hint").isEqualTo(1);
    backup.say(SealRig.HELLO, "hello");
    rig.deliver(backup, clear);
    assertThat(clear.heard).isEmpty();
    assertThat(clear.refused).isEqualTo(2);
  }

  /** 2^20 records, then the keys are others. */
  @Test
  void shouldGoOnBeyondTheLifeOfAKey() {
    meet();
    for (int i = 0; i < 1 << SealedSession.RECORDS_PER_KEY_BITS; i++) {
      backup.say(SealRig.BOUND, "x");
      backup.sent.clear();
      rig.deliver(backup, primary);
      primary.heard.clear();
      rig.forgetTheWire();
    }
    backup.say(SealRig.BOUND, "under the next key");
    rig.deliver(backup, primary);
    assertThat(primary.heard).containsExactly("under the next key");
    assertThat(primary.refused).isZero();
  }

  @Test
  void shouldSeeThatTheLastRecordsOfAKeyAreMissing() {
    meet();
    for (int i = 0; i < 1 << SealedSession.RECORDS_PER_KEY_BITS; i++) {
      backup.say(SealRig.BOUND, "x");
      backup.sent.clear();
      if (i < (1 << SealedSession.RECORDS_PER_KEY_BITS) - 3) {
        rig.deliver(backup, primary);
      }
      primary.heard.clear();
      rig.forgetTheWire();
    }
    rig.forgetWhatIsUnderWay();
    backup.say(SealRig.BOUND, "under the next key");
    rig.deliver(backup, primary);
    backup.say(SealRig.BOUND, "and on");
    rig.deliver(backup, primary);
    assertThat(primary.heard).containsExactly("(missing)", "under the next key", "and on");
  }
}
