package org.understudy.vm.standby;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.guest.Readiness;
import org.understudy.vm.standby.Preparation.Job;

/** What a standby does next, and when it says that it can take over (SAFETY rules V5, O2). */
class PreparationTest {
  private final Preparation preparation = new Preparation();

  private int waitingMachine() {
    int image = preparation.newImage();
    assertThat(preparation.next()).isEqualTo(Job.START);
    assertThat(preparation.started(image)).isTrue();
    return image;
  }

  private void at(long epoch) {
    preparation.committed(epoch);
    preparation.applied(epoch);
  }

  private boolean isReady() {
    return preparation.readiness(true, true) == Readiness.READY;
  }

  private int tried() {
    int image = waitingMachine();
    at(0);
    assertThat(preparation.next()).isEqualTo(Job.TRY);
    preparation.tried(image);
    return image;
  }

  @Test
  void shouldStartAMachineForAnImageAndTryARestoreOnceMemoryAndStateAreAtOneEpoch() {
    assertThat(preparation.next()).isEqualTo(Job.NONE);
    int image = waitingMachine();
    assertThat(preparation.next()).as("nothing is committed").isEqualTo(Job.NONE);
    preparation.committed(0);
    assertThat(preparation.next()).as("the memory is behind").isEqualTo(Job.NONE);
    assertThat(preparation.applied(0)).as("the keeper waits for it").isTrue();
    assertThat(preparation.next()).isEqualTo(Job.TRY);
    assertThat(isReady()).isFalse();
    preparation.tried(image);
    assertThat(preparation.next()).isEqualTo(Job.NONE);
    assertThat(preparation.applied(1)).as("nobody waits any more").isFalse();
    assertThat(isReady()).isTrue();
    assertThat(preparation.readiness(true, false)).isEqualTo(Readiness.NOT_YET);
    assertThat(preparation.readiness(false, true)).isEqualTo(Readiness.NOT_YET);
  }

  @Test
  void shouldStartAnotherMachineWhereOneEndedAndNotTryAgain() {
    int image = tried();
    preparation.ended();
    assertThat(isReady()).isFalse();
    assertThat(preparation.next()).isEqualTo(Job.START);
    assertThat(preparation.started(image)).isTrue();
    assertThat(isReady()).isTrue();
  }

  @Test
  void shouldSayThatItCannotTakeOverAfterThreeFailuresOfTheSameImage() {
    int image = waitingMachine();
    at(3);
    preparation.failed(image, "the restore of epoch 3 failed: no device");
    preparation.failed(image, "no QEMU waits");
    assertThat(preparation.next()).isEqualTo(Job.TRY);
    assertThat(preparation.isStillAt(2)).as("epoch 3 came meanwhile").isFalse();
    assertThat(preparation.isStillAt(3)).isTrue();
    assertThat(preparation.readiness(true, true).failure()).isNull();
    preparation.failed(image, "the restore of epoch 3 failed: no device");
    assertThat(preparation.readiness(true, true).failure()).contains("epoch 3", "no device");
    assertThat(preparation.next()).isEqualTo(Job.NONE);
    waitingMachine();
    assertThat(preparation.readiness(true, true).failure()).as("another image").isNull();
  }

  @Test
  void shouldTakeNothingFromAnOlderImage() {
    int older = waitingMachine();
    at(5);
    int newer = preparation.newImage();
    assertThat(preparation.started(older)).isFalse();
    assertThat(preparation.started(newer)).isTrue();
    assertThat(preparation.started(newer)).as("one is enough").isFalse();
    preparation.tried(older);
    assertThat(preparation.next()).as("epoch 5 was of the older one").isEqualTo(Job.NONE);
    at(0);
    assertThat(preparation.next()).isEqualTo(Job.TRY);
    for (int i = 0; i < 2 * Preparation.ATTEMPTS; i++) {
      preparation.failed(older, "too late");
    }
    assertThat(preparation.readiness(true, true).failure()).isNull();
  }

  @Test
  void shouldLoadAheadOfTheClaimOnlyWhatWasTriedAndIsWhole() {
    int image = waitingMachine();
    at(0);
    assertThat(preparation.expectTakeover(true)).as("not tried").isFalse();
    preparation.tried(image);
    preparation.committed(1);
    assertThat(preparation.expectTakeover(true)).as("epoch 1 is not applied").isFalse();
    preparation.applied(1);
    assertThat(preparation.expectTakeover(false)).as("no QEMU").isFalse();
    assertThat(preparation.expectTakeover(true)).isTrue();
    assertThat(preparation.next()).as("the QEMU is in use").isEqualTo(Job.NONE);
    assertThat(preparation.expectTakeover(true)).as("once").isFalse();
    preparation.discard();
    assertThat(preparation.next()).isEqualTo(Job.NONE);
  }

  @Test
  void shouldLeaveAfterATakeoverWhateverStillComes() {
    int image = tried();
    preparation.over();
    assertThat(preparation.next()).isEqualTo(Job.LEAVE);
    assertThat(preparation.started(image)).isFalse();
    preparation.newImage();
    assertThat(preparation.next()).isEqualTo(Job.LEAVE);
  }
}
