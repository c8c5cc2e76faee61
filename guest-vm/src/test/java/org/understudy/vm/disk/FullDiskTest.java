package org.understudy.vm.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.vm.Await;
import org.understudy.vm.disk.nbd.DiskClient;
import org.understudy.vm.disk.primary.DiskLogSettings;

/** A file system of the backup that has less room than the disks need. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FullDiskTest {
  private static final UnsafeBuffer NOTHING = new UnsafeBuffer(new byte[0]);

  @TempDir Path folder;
  private Path small;
  private DiskRig rig;

  @BeforeEach
  void mount() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
    small = Files.createDirectory(folder.resolve("b"));
    run("mount", "-t", "tmpfs", "-o", "size=2m", "small", small.toString());
    rig = new DiskRig(folder);
    Files.createDirectories(folder.resolve("a"));
    for (DiskPlace place : rig.places("a")) {
      Files.write(place.file(), new byte[DiskRig.SIZE]);
    }
  }

  @AfterEach
  void unmount() throws Exception {
    if (small != null) {
      run("umount", small.toString());
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  @Test
  void shouldRefuseWithTheReasonAndLoseNothingThatWasCommitted() throws Exception {
    try (RunningDisks running = rig.run("a", 1);
        DiskClient guest = new DiskClient(running.sockets().get("vda"), "vda")) {
      StandbyDisks standby = rig.standBy("b");
      DiskRig.copy(running, standby);
      Await.until(() -> standby.appliedEpoch() == 0);
      byte[] data = new byte[1 << 20];
      guest.write(0, noise(data, 1), false);
      DiskRig.commit(running, standby, 1);
      Await.until(() -> standby.appliedEpoch() == 1);
      guest.write(1 << 20, noise(data, 2), false);
      guest.write(2 << 20, noise(data, 3), false);
      DiskRig.commit(running, standby, 2);
      List<byte[]> committed = rig.contents("a");
      Await.until(() -> standby.failure() != null);
      assertThat(standby.failure()).contains("No space left");
      assertThat(standby.appliedEpoch()).isEqualTo(1);
      assertThatThrownBy(() -> standby.commit(3, NOTHING, 0))
          .hasMessageContaining("cannot be written")
          .hasMessageContaining("No space left");
      assertThat(rig.label("b", 0).generation()).as("nobody may run on it").isZero();
      assertThatThrownBy(() -> standby.takeOver(3, DiskLogSettings.DEFAULT))
          .hasMessageContaining("No space left");
      Await.until(() -> standby.takeoverReadiness().failure() != null);
      assertThat(standby.takeoverReadiness().failure())
          .contains("No space left", "the takeover goes on");

      run("mount", "-o", "remount,size=16m", small.toString());
      Await.until(() -> standby.takeoverReadiness().isReady());
      try (RunningDisks survivor = standby.takeOver(3, DiskLogSettings.DEFAULT)) {
        survivor.awaitDurable();
        DiskRig.assertEqual(rig.contents("b"), committed, "once there is room");
        assertThat(rig.label("b", 0).generation()).isEqualTo(3);
      }
    }
  }

  private static byte[] noise(byte[] data, long seed) {
    new Random(seed).nextBytes(data);
    return data;
  }

  @Test
  void shouldRefuseACopyThatDoesNotFit() throws Exception {
    try (RunningDisks running = rig.run("a", 1);
        DiskClient guest = new DiskClient(running.sockets().get("vda"), "vda");
        StandbyDisks standby = rig.standBy("b")) {
      byte[] data = new byte[1 << 20];
      for (int at = 0; at < DiskRig.SIZE; at += data.length) {
        guest.write(at, noise(data, at), false);
      }
      assertThatThrownBy(() -> copyUntilRefused(running, standby))
          .hasMessageContaining("cannot be written")
          .hasMessageContaining("No space left");
      assertThat(rig.label("b", 0).generation()).isZero();

      run("mount", "-o", "remount,size=16m", small.toString());
      standby.discard();
      DiskRig.copy(running, standby);
      Await.until(() -> standby.appliedEpoch() == 0 && standby.queuedBytes() == 0);
      DiskRig.assertEqual(rig.contents("b"), rig.contents("a"), "once there is room");
    }
  }

  private static void copyUntilRefused(RunningDisks running, StandbyDisks standby)
      throws IOException {
    running.startCopy();
    standby.startCopy(DiskRig.REGISTER);
    while (!running.isCopied()) {
      running.copyStep(1_000_000);
      DiskRig.round(running, standby);
    }
    Await.until(() -> standby.failure() != null);
    DiskRig.commit(running, standby, 0);
  }
}
