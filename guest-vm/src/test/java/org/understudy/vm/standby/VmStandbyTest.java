package org.understudy.vm.standby;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.HeldUpException;
import org.understudy.checkpoint.guest.Readiness;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.vm.Await;
import org.understudy.vm.CountingGuest;
import org.understudy.vm.guest.CopyHost;
import org.understudy.vm.guest.VmGuestFactory;
import org.understudy.vm.machine.FixedOwnership;
import org.understudy.vm.machine.TrackerChoice;
import org.understudy.vm.machine.VmSettings;
import org.understudy.vm.running.VmGuest;

/** A machine and its standby in one process, with a real QEMU on either side. */
@Timeout(300)
final class VmStandbyTest {
  @TempDir Path folder;
  private final UnsafeBuffer nothing = new UnsafeBuffer(new byte[0]);
  private final CopyHost host = new CopyHost();
  private VmGuestFactory here;
  private VmGuestFactory there;
  private VmGuest guest;
  private VmStandby standby;
  private GuestMemory image;

  @BeforeEach
  void startBoth() throws Exception {
    CountingGuest.assumeQemu();
    here = factory("here");
    there = factory("there");
    guest = (VmGuest) here.create();
    guest.start(host);
    standby = (VmStandby) there.standby();
    image = there.newImage(1);
    standby.startCopy();
  }

  @AfterEach
  void stopBoth() {
    guest.close();
    here.close();
    there.close();
    image.close();
  }

  private VmGuestFactory factory(String side) throws Exception {
    Path directory = Files.createDirectory(folder.resolve(side));
    VmSettings settings =
        new VmSettings(
            CountingGuest.config(qemu(side).toString(), directory, directory.resolve("says")),
            "any",
            directory,
            "test-" + ProcessHandle.current().pid() + "-" + side,
            Map.of(),
            List.of(),
            TrackerChoice.only(TrackerKind.COMPARE),
            1024,
            List.of(),
            CountingGuest.TIMEOUT_NS,
            CountingGuest.TIMEOUT_NS);
    return new VmGuestFactory(settings, new FixedOwnership());
  }

  /** A program that becomes QEMU, and that a test may take away. */
  private Path qemu(String side) throws Exception {
    return qemu(side, ":");
  }

  /** The same, that does something else first where it is to try a restore out. */
  private Path qemu(String side, String ofTrial) throws Exception {
    Path program = folder.resolve("qemu-" + side);
    Files.writeString(
        program,
        "#!/bin/sh\ncase \"$*\" in *trial.qmp*) "
            + ofTrial
            + " ;; esac\nexec "
            + CountingGuest.PROGRAM
            + " \"$@\"\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return program;
  }

  private void commit(long epoch) throws Exception {
    if (epoch == 0) {
      guest.startTracking();
    }
    host.commit(guest, standby, image, epoch);
  }

  @Test
  void shouldBeReadyOnlyOnceARestoreWasTried() throws Exception {
    assertThat(standby.readiness()).isEqualTo(Readiness.NOT_YET);
    commit(0);
    Await.until("a restore was tried", () -> standby.readiness().isReady());
    assertThat(standby.readiness().failure()).isNull();
  }

  /** A QEMU that does not start, that ends at once, and one that does not take the state. */
  @ParameterizedTest
  @ValueSource(strings = {"exec no-such-qemu", "exit 0", "set -- \"$@\" -machine pc-i440fx-7.1"})
  void shouldSayWhyARestoreFailsAndLeaveTheGuestAlone(String ofTrial) throws Exception {
    qemu("there", ofTrial);
    commit(0);
    Await.until("failed", () -> standby.readiness().failure() != null);
    assertThat(standby.readiness().failure()).contains("the restore of epoch 0 was tried");
    awaitCounts("here", 50);
    assertThat(host.failure()).isNull();

    qemu("there");
    guest.stopTracking();
    GuestMemory useless = image;
    image = there.newImage(1);
    useless.close();
    standby.startCopy();
    commit(0);
    Await.until("a restore was tried", () -> standby.readiness().isReady());
    awaitCounts("here", 50);
    assertThat(host.failure()).isNull();
  }

  @Test
  void shouldGoOnAtTheLastCommitWhenTheEpochAfterItWasRefused() throws Exception {
    commit(0);
    awaitCounts("here", 50);
    commit(1);
    int committed = counter();
    Await.until("ready", () -> standby.readiness().isReady());
    awaitCounts("here", 50);
    Capture refused = host.capture(guest, CaptureKind.CHECKPOINT);
    standby.deviceState(2, refused.deviceState(), refused.deviceStateLength());
    assertThatThrownBy(() -> standby.commit(2, nothing, 0, nothing, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("frames section");
    refused.release();
    guest.close();

    try (VmGuest _ = restoreThere()) {
      awaitCounts("there", 50);
      int[] counts = said("there");
      // The first may be said in part: before the capture the rest of it was said elsewhere.
      assertThat(counts[0]).isBetween(committed, committed + 2);
      assertThat(counts[40]).isEqualTo(counts[0] + 40);
    }
  }

  @Test
  void shouldReplaceAWaitingQemuThatDied() throws Exception {
    commit(0);
    Await.until("ready", () -> standby.readiness().isReady());
    ProcessHandle waiting = waiting().orElseThrow();
    waiting.destroyForcibly();
    Await.until("not ready", () -> !standby.readiness().isReady() || !waiting.isAlive());
    Await.until("ready again", () -> !waiting.isAlive() && standby.readiness().isReady());
    guest.close();
    try (VmGuest _ = restoreThere()) {
      awaitCounts("there", 10);
    }
  }

  @Test
  void shouldGoOnInTheQemuThatLoadedTheStateWhileTheClaimWasOnItsWay() throws Exception {
    commit(0);
    Await.until("ready", () -> standby.readiness().isReady());
    guest.close();
    ProcessHandle waiting = waiting().orElseThrow();
    standby.expectTakeover();
    try (VmGuest _ = restoreThere()) {
      awaitCounts("there", 10);
      assertThat(waiting.isAlive()).as("the guest runs in it").isTrue();
    }
  }

  @Test
  void shouldLoadTheStateAgainWhenTheQemuThatHadItDied() throws Exception {
    commit(0);
    Await.until("ready", () -> standby.readiness().isReady());
    guest.close();
    ProcessHandle waiting = waiting().orElseThrow();
    standby.expectTakeover();
    waiting.destroyForcibly();
    Await.until("the end of it", () -> !waiting.isAlive());
    try (VmGuest _ = restoreThere()) {
      awaitCounts("there", 10);
    }
  }

  /** A guest's clock stands still in each pause, and from the committed instant to the takeover. */
  @Test
  void shouldCarryTheLagOfTheGuestsClockOver() throws Exception {
    commit(0);
    for (int epoch = 1; epoch <= 5; epoch++) {
      commit(epoch);
    }
    Await.until("ready", () -> standby.readiness().isReady());
    Await.until("the pause of the last one is over", () -> host.resumes() == 6);
    long beforeLast = here.counters().clockLagNs();
    long pausedNs = System.nanoTime();
    commit(6);
    guest.close();
    try (VmGuest _ = restoreThere()) {
      long lagNs = there.counters().clockLagNs();
      long atMostNs = beforeLast + System.nanoTime() - pausedNs;
      assertThat(beforeLast).isPositive();
      assertThat(lagNs).isBetween(beforeLast + 1, atMostNs + 1_000_000);
      assertThat(there.counters().byName()).containsEntry("clockLagUs", lagNs / 1_000);
    }
  }

  /** The guest's last copy: what fails is tried again until an operator has mended it. */
  @Test
  void shouldHoldATakeoverUpUntilAQemuCanBeStarted() throws Exception {
    commit(0);
    Await.until("ready", () -> standby.readiness().isReady());
    guest.close();
    Files.delete(folder.resolve("qemu-there"));
    waiting().orElseThrow().destroyForcibly();
    Await.until("none waits", () -> waiting().isEmpty());
    assertThat(standby.takeoverReadiness()).isEqualTo(Readiness.READY);
    assertThatThrownBy(this::restoreThere)
        .isInstanceOf(HeldUpException.class)
        .hasMessageContaining("qemu-there");
    assertThat(standby.takeoverReadiness().failure()).contains("qemu-there");
    Await.until("to be tried again", () -> standby.takeoverReadiness().isReady());
    assertThatThrownBy(this::restoreThere).isInstanceOf(HeldUpException.class);
    qemu("there");
    Await.until("to be tried again", () -> standby.takeoverReadiness().isReady());
    try (VmGuest _ = restoreThere()) {
      awaitCounts("there", 10);
    }
  }

  @Test
  void shouldEndTheQemuThatLoadedTheStateWhenTheClaimIsLost() throws Exception {
    commit(0);
    Await.until("ready", () -> standby.readiness().isReady());
    ProcessHandle waiting = waiting().orElseThrow();
    standby.expectTakeover();
    standby.discard();
    Await.until("the end of it", () -> !waiting.isAlive());
    assertThat(said("there")).as("the guest never ran there").isEmpty();
  }

  private static Optional<ProcessHandle> waiting() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().commandLine().orElse("").contains("-incoming"))
        .findFirst();
  }

  @Test
  void shouldSayThatTheGuestFailedWhenItsQemuDies() throws Exception {
    ProcessHandle running =
        ProcessHandle.current()
            .children()
            .filter(child -> child.info().commandLine().orElse("").contains("here/qmp"))
            .findFirst()
            .orElseThrow();
    running.destroyForcibly();
    Await.until("told", () -> host.failure() != null);
    assertThat(host.failure()).hasMessageContaining("QEMU is gone");
    assertThat(host.ended()).isNull();
  }

  private VmGuest restoreThere() {
    VmGuest restored = (VmGuest) there.restore(image, nothing, 0, 0, 0);
    restored.start(new CopyHost());
    return restored;
  }

  private int counter() {
    return image.segment().get(JAVA_INT_UNALIGNED, CountingGuest.COUNTER_ADDRESS);
  }

  private void awaitCounts(String side, int more) throws Exception {
    int goal = said(side).length + more;
    Await.until(side + " counts", () -> said(side).length >= goal);
  }

  /** Whole counts; what is said in part at the beginning is left out. */
  private int[] said(String side) throws Exception {
    Path says = folder.resolve(side).resolve("says");
    byte[] bytes = Files.exists(says) ? Files.readAllBytes(says) : new byte[0];
    for (int from = 0; from < Integer.BYTES && bytes.length > 8 * Integer.BYTES; from++) {
      int[] counts = CountingGuest.said(java.util.Arrays.copyOfRange(bytes, from, bytes.length));
      if (counts[1] == counts[0] + 1 && counts[4] == counts[0] + 4) {
        return counts;
      }
    }
    return CountingGuest.said(bytes);
  }
}
