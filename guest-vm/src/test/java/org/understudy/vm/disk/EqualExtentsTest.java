package org.understudy.vm.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.vm.Await;
import org.understudy.vm.disk.nbd.DiskClient;

/** A backup that has an old copy gets what differs, whatever the guest writes meanwhile. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EqualExtentsTest {
  private static final int EXTENT = 64 << 10;
  private static final long DISKS_BYTES = 2L * DiskRig.SIZE;

  @TempDir Path folder;
  private final Random random = new Random(Seeds.next(getClass()));
  private DiskRig rig;

  /** Two nodes that were a pair before. */
  @BeforeEach
  void copyBefore() throws Exception {
    rig = new DiskRig(folder);
    rig.install("a", random);
    try (RunningDisks running = rig.run("a", 1);
        StandbyDisks standby = rig.standBy("b")) {
      DiskRig.copy(running, standby);
      Await.until(() -> standby.appliedEpoch() == 0 && standby.queuedBytes() == 0);
    }
    DiskRig.assertEqual(rig.contents("b"), rig.contents("a"), "the copy before");
  }

  private byte[] noise(int bytes) {
    byte[] data = new byte[bytes];
    random.nextBytes(data);
    return data;
  }

  /** What the two files have apart from each other since. */
  private void change(String node, int writes) throws Exception {
    for (DiskPlace place : rig.places(node)) {
      try (RandomAccessFile file = new RandomAccessFile(place.file().toFile(), "rw")) {
        for (int i = 0; i < writes; i++) {
          byte[] data = noise(1 + random.nextInt(5000));
          file.seek(random.nextInt(DiskRig.SIZE - data.length));
          file.write(data);
        }
      }
    }
  }

  private void awaitNotes(RunningDisks running, StandbyDisks standby) throws Exception {
    while (!running.isCopied()) {
      DiskRig.notes(running, standby);
      running.copyStep(1_000_000);
      DiskRig.round(running, standby);
    }
    DiskRig.commit(running, standby, 0);
    Await.until(() -> standby.appliedEpoch() == 0 && standby.queuedBytes() == 0);
  }

  @Test
  void shouldShipNothingWhenTheBackupHasItAll() throws Exception {
    try (RunningDisks running = rig.run("a", 1);
        StandbyDisks standby = rig.standBy("b")) {
      running.startCopyOverBase(Long.MAX_VALUE);
      standby.startCopy(DiskRig.REGISTER);
      awaitNotes(running, standby);
      assertThat(running.progress().copiedBytes()).as("%s", running.progress()).isZero();
      assertThat(running.progress().equalBytes()).isPositive();
      assertThat(running.progress().doneBytes()).isEqualTo(DISKS_BYTES);
      DiskRig.assertEqual(rig.contents("b"), rig.contents("a"), "nothing was to be done");
    }
  }

  @Test
  void shouldCopyEverythingWhenTheBackupSaysNothing() throws Exception {
    change("b", 20);
    try (RunningDisks running = rig.run("a", 1);
        StandbyDisks standby = rig.standBy("b")) {
      running.startCopyOverBase(1_000_000);
      standby.startCopy(DiskRig.REGISTER);
      while (!running.isCopied()) {
        running.copyStep(1_000_000);
        DiskRig.round(running, standby);
      }
      DiskRig.commit(running, standby, 0);
      Await.until(() -> standby.appliedEpoch() == 0 && standby.queuedBytes() == 0);
      assertThat(running.progress().equalBytes()).isZero();
      DiskRig.assertEqual(rig.contents("b"), rig.contents("a"), "without a note");
    }
  }

  @Test
  void shouldTakeMalformedNotesForNothing() throws Exception {
    try (RunningDisks running = rig.run("a", 1)) {
      running.startCopyOverBase(Long.MAX_VALUE);
      for (int i = 0; i < 1000; i++) {
        running.baseNote(new UnsafeBuffer(noise(1 + random.nextInt(100))), 0, 0);
        byte[] bytes = noise(16 + 16 * random.nextInt(4));
        bytes[0] = (byte) random.nextInt(4);
        running.baseNote(new UnsafeBuffer(bytes), 0, bytes.length);
      }
      assertThat(running.isCopied()).isFalse();
    }
  }

  /** Writes go on before, between and after notes and pieces; some put back what was there. */
  @RepeatedTest(10)
  void shouldEndWithEqualFilesWhateverIsWrittenMeanwhile() throws Exception {
    change("a", random.nextInt(12));
    change("b", random.nextInt(12));
    List<byte[]> base = rig.contents("b");
    try (RunningDisks running = rig.run("a", 1);
        StandbyDisks standby = rig.standBy("b");
        DiskClient vda = new DiskClient(running.sockets().get("vda"), "vda");
        DiskClient vdb = new DiskClient(running.sockets().get("vdb"), "vdb")) {
      running.startCopyOverBase(Long.MAX_VALUE);
      standby.startCopy(DiskRig.REGISTER);
      while (!running.isCopied()) {
        int disk = random.nextInt(2);
        write(disk == 0 ? vda : vdb, base.get(disk));
        if (random.nextBoolean()) {
          DiskRig.notes(running, standby);
        }
        running.copyStep(1);
        if (random.nextInt(4) == 0) {
          DiskRig.round(running, standby);
        }
      }
      write(vda, base.get(0));
      DiskRig.commit(running, standby, 0);
      Await.until(() -> standby.appliedEpoch() == 0 && standby.queuedBytes() == 0);
      DiskRig.assertEqual(rig.contents("b"), rig.contents("a"), "epoch 0");
    }
  }

  private void write(DiskClient client, byte[] base) throws Exception {
    int bytes = 1 + random.nextInt(3000);
    int at = random.nextInt(DiskRig.SIZE - bytes);
    switch (random.nextInt(5)) {
      case 0 -> client.write(at, java.util.Arrays.copyOfRange(base, at, at + bytes), false);
      case 1 -> client.trim(at, bytes);
      case 2 -> {
        int extent = at / EXTENT * EXTENT;
        client.write(extent, java.util.Arrays.copyOfRange(base, extent, extent + EXTENT), false);
      }
      default -> client.write(at, noise(bytes), false);
    }
  }
}
