package org.understudy.vm.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.vm.Await;
import org.understudy.vm.disk.label.DiskLabelFile;
import org.understudy.vm.disk.nbd.DiskClient;
import org.understudy.vm.disk.primary.DiskLogSettings;

/** The disks of a pair: real files, real NBD clients, and a takeover. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DiskPairTest {
  private static final int EPOCHS = 15;

  @TempDir Path folder;
  private final Random random = new Random(Seeds.next(getClass()));
  private DiskRig rig;

  @BeforeEach
  void install() {
    rig = new DiskRig(folder);
  }

  /** At each pause the backup's files, with the cut applied, are the primary's, byte by byte. */
  private List<byte[]> protect(String primary, RunningDisks from, String backup, StandbyDisks to)
      throws Exception {
    List<byte[]> committed = null;
    from.startCopyOverBase(Long.MAX_VALUE);
    to.startCopy(DiskRig.REGISTER);
    try (WritingGuest guest = new WritingGuest(from.sockets(), random)) {
      while (!from.isCopied()) {
        guest.check();
        guest.write(5);
        Await.until(() -> to.queuedBytes() < 64 << 20);
        DiskRig.notes(from, to);
        from.copyStep(random.nextInt(300_000));
        DiskRig.round(from, to);
      }
      for (int epoch = 0; epoch <= EPOCHS; epoch++) {
        guest.write(50);
        from.beginPause();
        guest.pause();
        DiskRig.commit(from, to, epoch);
        committed = rig.contents(primary);
        guest.resume();
        if (epoch == 0) {
          from.enterProtected(2);
        }
        long wanted = epoch;
        Await.until(() -> to.appliedEpoch() == wanted && to.queuedBytes() == 0);
        DiskRig.assertEqual(rig.contents(backup), committed, "epoch " + epoch);
      }
    }
    return committed;
  }

  @Test
  void shouldGoOnWithTheLastCutAndTheSameClientsWhenThePrimaryIsGone() throws Exception {
    rig.install("a", random);
    RunningDisks running = rig.run("a", 1);
    StandbyDisks standby = rig.standBy("b");
    List<byte[]> committed;
    try (DiskClient waiting = new DiskClient(standby.sockets().get("vda"), "vda");
        DiskClient other = new DiskClient(standby.sockets().get("vdb"), "vdb")) {
      committed = protect("a", running, "b", standby);
      running.close();
      try (RunningDisks survivor = standby.takeOver(3, DiskLogSettings.DEFAULT)) {
        assertThat(survivor.sockets()).isEqualTo(standby.sockets());
        assertThat(survivor.connections()).isEqualTo(2);
        DiskRig.assertEqual(
            List.of(waiting.readAll(DiskRig.SIZE), other.readAll(DiskRig.SIZE)),
            committed,
            "read by the client that waited");
        byte[] mine = {1, 2, 3, 4};
        waiting.write(5, mine, true);
        assertThat(waiting.read(5, 4)).isEqualTo(mine);
        survivor.awaitDurable();
        assertThat(rig.label("b", 1).generation()).isEqualTo(3);
        assertThat(rig.label("b", 1).epoch()).isEqualTo(EPOCHS);
      }
    }
    assertThatThrownBy(() -> rig.run("a", 3))
        .hasMessageContaining("vda.raw")
        .hasMessageContaining("it is only a base for a new copy");
  }

  @Test
  void shouldProtectTheSurvivorAgainOverTheOldFilesWhenTheDeadNodeComesBack() throws Exception {
    rig.install("a", random);
    String primary = "a";
    String backup = "b";
    RunningDisks running = rig.run("a", 1);
    for (int generation = 3; generation < 9; generation += 2) {
      StandbyDisks standby = rig.standBy(backup);
      List<byte[]> committed = protect(primary, running, backup, standby);
      running.close();
      running = standby.takeOver(generation, DiskLogSettings.DEFAULT);
      running.enterSolo(generation);
      DiskRig.assertEqual(rig.contents(backup), committed, "taken over");
      String old = primary;
      primary = backup;
      backup = old;
    }
    running.close();
  }

  /** Whatever stands in the way of the record: nothing is given up, and the next try succeeds. */
  @Test
  void shouldTryATakeoversRecordAgainUntilItIsDurable() throws Exception {
    rig.install("a", random);
    RunningDisks running = rig.run("a", 1);
    StandbyDisks standby = rig.standBy("b");
    List<byte[]> committed = protect("a", running, "b", standby);
    running.close();
    Path record = new DiskLabelFile(rig.places("b").getFirst().file()).path();
    Files.delete(record);
    Files.createDirectories(record.resolve("in/the/way"));
    try (RunningDisks survivor = standby.takeOver(3, DiskLogSettings.DEFAULT)) {
      assertThatThrownBy(survivor::awaitDurable).hasMessageContaining("not durable");
      assertThat(survivor.isDurable()).isFalse();
      assertThatThrownBy(survivor::awaitDurable).hasMessageContaining("not durable");
      for (String folder : List.of("in/the/way", "in/the", "in", "")) {
        Files.delete(record.resolve(folder));
      }
      Await.until(() -> isDurable(survivor));
      DiskRig.assertEqual(rig.contents("b"), committed, "once it could be written");
      assertThat(rig.label("b", 0).generation()).isEqualTo(3);
    }
  }

  /** An attempt may have been under way when the way was cleared. */
  private static boolean isDurable(RunningDisks disks) {
    try {
      disks.awaitDurable();
    } catch (IOException e) {
      return false;
    }
    return disks.isDurable();
  }

  @Test
  void shouldRefuseWritesOfTheQemuThatWaits() throws IOException {
    try (StandbyDisks standby = rig.standBy("b");
        DiskClient waiting = new DiskClient(standby.sockets().get("vda"), "vda")) {
      waiting.read(0, 512);
      waiting.flush();
      assertThatThrownBy(() -> waiting.write(0, new byte[512], false)).hasMessageContaining("5");
      assertThatThrownBy(() -> waiting.trim(0, 512)).hasMessageContaining("5");
      assertThatThrownBy(() -> waiting.zero(0, 512, true)).hasMessageContaining("5");
      assertThat(standby.refusedWrites()).isEqualTo(3);
      assertThat(rig.contents("b").getFirst()).containsOnly(0);
    }
  }

  @Test
  void shouldRefuseEpochsOutOfOrderAndATakeoverBeforeEpochZero() throws IOException {
    UnsafeBuffer nothing = new UnsafeBuffer(new byte[0]);
    try (StandbyDisks standby = rig.standBy("b")) {
      assertThatThrownBy(() -> standby.round(nothing, 0)).hasMessageContaining("outside of a copy");
      assertThatThrownBy(() -> standby.commit(0, nothing, 0)).hasMessageContaining("follow");
      standby.startCopy(DiskRig.REGISTER);
      standby.round(nothing, 0);
      assertThatThrownBy(() -> standby.commit(1, nothing, 0)).hasMessageContaining("follow");
      assertThatThrownBy(() -> standby.takeOver(3, DiskLogSettings.DEFAULT))
          .hasMessageContaining("no committed epoch");
      standby.commit(0, nothing, 0);
      assertThatThrownBy(() -> standby.commit(2, nothing, 0)).hasMessageContaining("follow");
      assertThatThrownBy(() -> standby.round(nothing, 0)).hasMessageContaining("outside of a copy");
    }
  }

  @Test
  void shouldStartTheCopyAnewWhenTheOneBeforeWasGivenUp() throws Exception {
    rig.install("a", random);
    try (RunningDisks running = rig.run("a", 1);
        StandbyDisks standby = rig.standBy("b")) {
      running.startCopy();
      standby.startCopy(DiskRig.REGISTER);
      running.copyStep(100_000);
      DiskRig.round(running, standby);
      running.stopCopy();
      standby.discard();
      DiskRig.copy(running, standby);
      Await.until(() -> standby.appliedEpoch() == 0 && standby.queuedBytes() == 0);
      DiskRig.assertEqual(rig.contents("b"), rig.contents("a"), "second copy");
      assertThat(running.progress().doneBytes()).isEqualTo(2L * DiskRig.SIZE);
      assertThat(running.progress().sizeBytes()).isEqualTo(2L * DiskRig.SIZE);
    }
  }

  @Test
  void shouldCostNothingWhenTheGuestHasNoDisks() throws IOException {
    try (RunningDisks running =
            RunningDisks.open(List.of(), new DiskOwner(1, 1), folder, DiskLogSettings.DEFAULT);
        StandbyDisks standby = StandbyDisks.open(List.of(), folder, 1)) {
      assertThat(running.sockets()).isEqualTo(Map.of());
      DiskRig.copy(running, standby);
      running.enterProtected(2);
      DiskRig.commit(running, standby, 1);
      Await.until(() -> standby.appliedEpoch() == 1);
      running.enterSolo(3);
      try (RunningDisks survivor = standby.takeOver(3, DiskLogSettings.DEFAULT)) {
        survivor.awaitDurable();
        assertThat(survivor.isCopied()).isTrue();
        assertThat(survivor.usedPercent()).isZero();
      }
    }
    assertThat(folder).isEmptyDirectory();
  }
}
