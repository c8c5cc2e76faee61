package org.understudy.primary.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/** A primary and an arbiter that forgets, or goes on without it (SAFETY rules O6 and O8). */
class ArbiterOfAPrimaryTest {
  private static final NodeId STRANGER = new NodeId("n", 9);

  /** What an arbiter shows that lost its files. */
  enum Lost {
    EMPTY,
    OTHER_ID,
    OLDER;

    Register of(Register right) {
      return switch (this) {
        case EMPTY -> null;
        case OTHER_ID -> new Register(0x99, 1, new Ownership.Solo(STRANGER));
        case OLDER ->
            new Register(right.registerId(), right.generation() - 1, new Ownership.Solo(STRANGER));
      };
    }
  }

  private final PrimaryRig rig = new PrimaryRig();

  @ParameterizedTest
  @EnumSource
  void shouldHoldOutputAndFenceNobodyWhenItStoodStillAndTheRegisterIsLost(Lost lost) {
    rig.protectedPair();
    Register right = rig.register;
    rig.register = lost.of(right);
    rig.nowNs += PrimaryRig.TIMEOUT_NS; // an own stall, longer than the check's bound
    rig.cycle();
    rig.done.clear();
    rig.checkpoint();
    rig.cycles(3000);
    assertThat(rig.session.state()).isEqualTo(PrimaryState.PROTECTED);
    assertThat(rig.session.isOutputBlocked()).isTrue();
    assertThat(rig.did("release")).isFalse();
    rig.register = right;
    rig.cycles(500);
    assertThat(rig.did("release")).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void shouldWaitWithItsClaimAndFenceNobodyWhenTheRegisterIsLost(Lost lost) {
    rig.protectedPair();
    Register right = rig.register;
    rig.register = lost.of(right);
    rig.killBackup();
    rig.await(PrimaryState.CLAIMING);
    rig.cycles(5000);
    assertThat(rig.session.state()).isEqualTo(PrimaryState.CLAIMING);
    assertThat(rig.did("stopGuest")).isFalse();
    rig.register = right;
    rig.await(PrimaryState.SOLO);
  }

  @ParameterizedTest
  @EnumSource
  void shouldGoOnSoloWhenTheRegisterIsLost(Lost lost) {
    rig.protectedPair();
    rig.killBackup();
    rig.await(PrimaryState.SOLO);
    rig.register = lost.of(rig.register);
    rig.cycles(5000);
    assertThat(rig.session.state()).isEqualTo(PrimaryState.SOLO);
  }

  @Test
  void shouldStopWithinTwoSecondsWhenAnOverrideGaveTheGuestToAnotherNode() {
    rig.cycles(100);
    rig.register = rig.register.next(new Ownership.Solo(STRANGER));
    rig.cycles(2000);
    assertThat(rig.session.state()).isEqualTo(PrimaryState.FENCED);
    assertThat(rig.did("discard")).isTrue();
    assertThat(rig.did("stopGuest")).isTrue();
  }

  @Test
  void shouldStopWhenAnOverrideGaveTheGuestOfAProtectedPairToAnotherNode() {
    rig.protectedPair();
    rig.register = rig.register.next(new Ownership.Solo(STRANGER));
    rig.cycles(2000);
    assertThat(rig.session.state()).isEqualTo(PrimaryState.FENCED);
  }

  @Test
  void shouldGoOnInTheNewGenerationWhenAFailedStartGaveTheRegisterBack() {
    rig.cycles(100);
    rig.register =
        rig.register.next(new Ownership.Solo(STRANGER)).next(new Ownership.Solo(PrimaryRig.SELF));
    rig.cycles(2000);
    assertThat(rig.session.state()).isEqualTo(PrimaryState.SOLO);
    assertThat(rig.session.generation()).isEqualTo(3);
    rig.protectedPair();
    assertThat(rig.register.generation()).isEqualTo(4);
  }

  @Test
  void shouldLookOnceASecondNotMoreOftenWhenItOwnsTheGuest() {
    rig.cycles(10_000);
    assertThat(rig.reads).isBetween(8L, 11L);
  }

  @Test
  void shouldLetCommittedOutputOutWhileItsLooksAtTheRegisterAreNotAnswered() {
    rig.protectedPair();
    rig.isArbiterUp = false;
    rig.cycles(3000);
    rig.done.clear();
    for (int i = 0; i < 3; i++) {
      rig.checkpoint();
      rig.cycles(3);
    }
    assertThat(rig.done.stream().filter(line -> line.startsWith("release"))).hasSize(3);
  }

  @Test
  void shouldSayThatTheEndIsNotRegisteredWhenTheArbiterDoesNotAnswer() {
    rig.isArbiterFailing = true;
    rig.session.requestEnd("stopped by its operator");
    rig.await(PrimaryState.ENDED);
    assertThat(rig.session.isEndRegistered()).isFalse();
    assertThat(rig.reason).contains("could not be written");
  }

  @Test
  void shouldStopTheGuestWhenItsLastOutputHasLeftOrHasHadItsTime() {
    rig.protectedPair();
    rig.isSettled = false;
    rig.session.requestEnd("stopped by its operator");
    rig.await(PrimaryState.ENDED);
    rig.cycles(300);
    assertThat(rig.did("stopGuest")).isFalse();
    assertThat(rig.session.isLettingGo()).as("the node must not end yet").isTrue();
    rig.cycles(300);
    assertThat(rig.did("stopGuest")).isTrue();
    assertThat(rig.session.isLettingGo()).isFalse();
  }

  @Test
  void shouldStopTheGuestAtOnceWhenItIsFenced() {
    rig.isSettled = false;
    rig.register = rig.register.next(new Ownership.Solo(STRANGER));
    rig.await(PrimaryState.FENCED);
    assertThat(rig.did("stopGuest")).isTrue();
  }

  @Test
  void shouldPassInputsOnForAWhileWhenTheGuestMoved() {
    rig.protectedPair();
    rig.lingerNs = 500 * PrimaryRig.MS;
    rig.session.requestSwitchover("ordered");
    rig.await(PrimaryState.HANDED_OVER);
    rig.register = rig.register.next(new Ownership.Solo(PrimaryRig.BACKUP));
    rig.await(PrimaryState.MOVED);
    assertThat(rig.did("passInputsOn true")).isTrue();
    rig.cycles(400);
    assertThat(rig.did("stopGuest")).isFalse();
    assertThat(rig.session.isLettingGo()).as("the node must not end yet").isTrue();
    rig.cycles(200);
    assertThat(rig.did("passInputsOn false")).isTrue();
    assertThat(rig.did("stopGuest")).isTrue();
  }

  @Test
  void shouldSayThatTheEndIsRegisteredWhenItIs() {
    rig.session.requestEnd("stopped by its operator");
    rig.await(PrimaryState.ENDED);
    assertThat(rig.session.isEndRegistered()).isTrue();
    assertThat(rig.register.ownership()).isEqualTo(new Ownership.Ended());
  }

  // ---- switchover

  @Test
  void shouldRefuseASwitchoverBeforeAnythingStandsStillWhenTheArbiterFails() {
    rig.protectedPair();
    rig.isArbiterFailing = true;
    assertThat(rig.session.requestSwitchover("ordered")).isNull();
    rig.cycles(5);
    assertThat(rig.session.switchover().phase()).isEqualTo(Switchover.Phase.REFUSED);
    assertThat(rig.session.switchover().text()).contains("file /of-primary");
    assertThat(rig.did("capture HANDOVER")).isFalse();
    assertThat(rig.session.state()).isEqualTo(PrimaryState.PROTECTED);
  }

  @Test
  void shouldRefuseASwitchoverWhenTheArbiterIsSilent() {
    rig.protectedPair();
    rig.isArbiterUp = false;
    rig.session.requestSwitchover("ordered");
    rig.cycles(2100);
    assertThat(rig.session.switchover().phase()).isEqualTo(Switchover.Phase.REFUSED);
    assertThat(rig.did("capture HANDOVER")).isFalse();
    rig.isArbiterUp = true;
    assertThat(rig.session.requestSwitchover("ordered again")).isNull();
    rig.await(PrimaryState.SWITCHING);
  }

  @ParameterizedTest
  @EnumSource
  void shouldRefuseASwitchoverWhenTheRegisterIsLost(Lost lost) {
    rig.protectedPair();
    rig.register = lost.of(rig.register);
    rig.session.requestSwitchover("ordered");
    rig.cycles(5);
    assertThat(rig.session.switchover().phase()).isEqualTo(Switchover.Phase.REFUSED);
    assertThat(rig.did("capture HANDOVER")).isFalse();
  }

  @Test
  void shouldHandOverWhenTheRegisterWasRead() {
    rig.protectedPair();
    rig.session.requestSwitchover("ordered");
    rig.await(PrimaryState.HANDED_OVER);
    rig.register = rig.register.next(new Ownership.Solo(PrimaryRig.BACKUP));
    rig.await(PrimaryState.MOVED);
  }
}
