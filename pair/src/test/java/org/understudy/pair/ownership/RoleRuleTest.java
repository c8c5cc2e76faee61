package org.understudy.pair.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoleRuleTest {
  private static final NodeId A = new NodeId("a", 0x12);
  private static final NodeId B = new NodeId("b", 0x34);

  private static RoleRule.Decision decide(Ownership ownership, String name) {
    return RoleRule.decide(new Register(7, 3, ownership), name, false);
  }

  @Test
  void shouldBeTheBackupOfWhoeverRunsTheGuest() {
    RoleRule.Decision ofSolo = decide(new Ownership.Solo(A), "b");
    assertThat(ofSolo).isEqualTo(new RoleRule.Decision(true, null, null));
    assertThat(decide(new Ownership.Protected(A, B), "b")).isEqualTo(ofSolo);
    assertThat(decide(new Ownership.Protected(A, B), "c")).isEqualTo(ofSolo);
  }

  @Test
  void shouldBeTheBackupOfItsOwnBackupWhenItsProcessDied() {
    RoleRule.Decision decision = decide(new Ownership.Protected(A, B), "a");
    assertThat(decision.isBackup()).isTrue();
    assertThat(decision.refusal()).isNull();
    assertThat(decision.notice()).contains("goes on at b#34");
  }

  @Test
  void shouldRefuseWhereTheOnlyCopyDiedWithItsOwnProcess() {
    RoleRule.Decision decision = decide(new Ownership.Solo(A), "a");
    assertThat(decision.refusal()).contains("solo(a#12) at generation 3", "--start-empty");
  }

  @Test
  void shouldWaitWhereNobodyHasBegunAGuestAndSayHowOneIsBegun() {
    for (RoleRule.Decision decision :
        new RoleRule.Decision[] {
          RoleRule.decide(null, "a", false), decide(new Ownership.Ended(), "a")
        }) {
      assertThat(decision.isBackup()).isTrue();
      assertThat(decision.refusal()).isNull();
      assertThat(decision.notice()).contains("--start-as primary");
    }
  }

  @Test
  void shouldGoOnWithTheGuestThatLiesHere() {
    for (Ownership ownership : new Ownership[] {new Ownership.Saved(A), new Ownership.Solo(A)}) {
      RoleRule.Decision decision = RoleRule.decide(new Register(7, 3, ownership), "a", true);
      assertThat(decision.isBackup()).isFalse();
      assertThat(decision.refusal()).isNull();
    }
  }

  @Test
  void shouldWaitForTheNodeThatSavedTheGuest() {
    RoleRule.Decision decision = decide(new Ownership.Saved(A), "b");
    assertThat(decision.isBackup()).isTrue();
    assertThat(decision.notice()).contains("saved at a#12");
  }

  @Test
  void shouldRefuseWhereTheSavedGuestIsMissing() {
    RoleRule.Decision decision = decide(new Ownership.Saved(A), "a");
    assertThat(decision.refusal()).contains("node.saveDirectory", "--start-empty");
  }
}
