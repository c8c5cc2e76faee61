package org.understudy.vm.disk.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.understudy.vm.disk.MemoryStore;
import org.understudy.vm.disk.Seeds;
import org.understudy.vm.disk.primary.DiskCopier;
import org.understudy.vm.disk.primary.DiskCut;
import org.understudy.vm.disk.primary.DiskLog;
import org.understudy.vm.disk.primary.DiskLogSettings;
import org.understudy.vm.disk.primary.GuestDisk;
import org.understudy.vm.disk.record.DiskRecordKind;
import org.understudy.vm.disk.record.DiskRecords;

/** The backup's disks equal the primary's at each committed epoch, and are never out of order. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReplicationTest {
  private static final int SIZE = 1 << 18;
  private static final long LIMIT = 64 << 20;

  private final Random random = new Random(Seeds.next(getClass()));
  private final DiskLog log = new DiskLog(DiskLogSettings.DEFAULT);

  private void anything(GuestDisk disk, Random source) throws IOException {
    int offset = source.nextInt(SIZE);
    int length = source.nextInt(Math.min(20_000, SIZE - offset) + 1);
    boolean durable = source.nextInt(8) == 0;
    switch (source.nextInt(6)) {
      case 0 -> disk.trim(offset, length, durable);
      case 1 -> disk.zero(offset, length, source.nextBoolean(), durable);
      case 2 -> disk.flush();
      default -> {
        byte[] data = new byte[length];
        source.nextBytes(data);
        disk.write(offset, ByteBuffer.wrap(data), durable);
      }
    }
  }

  private void commit(DiskImage image, long epoch) {
    DiskCut cut = log.cut();
    image.commit(epoch, cut.buffer(), 0, cut.length());
    cut.release();
  }

  @Test
  void shouldBeEqualAtEveryEpochWhateverTheGuestDoes() throws IOException {
    MemoryStore[] primary = {new MemoryStore(SIZE), new MemoryStore(SIZE)};
    MemoryStore[] backup = {new MemoryStore(SIZE), new MemoryStore(SIZE)};
    try (GuestDisk first = new GuestDisk(0, "vda", primary[0], log);
        GuestDisk second = new GuestDisk(1, "vdb", primary[1], log);
        DiskImage image = new DiskImage(List.of(backup), LIMIT, 0)) {
      log.startRecording();
      first.enterProtected();
      for (int epoch = 1; epoch <= 100; epoch++) {
        for (int i = random.nextInt(20); i > 0; i--) {
          anything(random.nextBoolean() ? first : second, random);
        }
        commit(image, epoch);
        image.awaitDurable();
        assertThat(image.appliedEpoch()).isEqualTo(epoch);
        assertThat(backup[0].bytes()).isEqualTo(primary[0].bytes());
        assertThat(backup[1].bytes()).isEqualTo(primary[1].bytes());
      }
    }
  }

  /** Cuts come at any moment, the guest never stops, and the backup's disk starts as rubbish. */
  @Test
  void shouldBeEqualAfterACopyDuringWhichTheGuestWrote() throws Exception {
    MemoryStore primary = new MemoryStore(SIZE);
    MemoryStore backup = new MemoryStore(SIZE);
    primary.fill(random);
    backup.fill(random);
    long guestSeed = random.nextLong();
    AtomicBoolean stop = new AtomicBoolean();
    try (GuestDisk disk = new GuestDisk(0, "vda", primary, log);
        DiskImage image = new DiskImage(List.of(backup), LIMIT, 0)) {
      log.startRecording();
      CompletableFuture<Void> guest =
          CompletableFuture.runAsync(() -> {
            Random source = new Random(guestSeed);
            while (!stop.get()) {
              if (log.usedPercent() > 20) {
                Thread.yield(); // however late the other thread is, the log does not fill up
                continue;
              }
              try {
                anything(disk, source);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            }
          });
      DiskCopier copier = new DiskCopier(disk, 4096);
      for (int round = 1; !copier.isDone(); round++) {
        copier.step();
        if (random.nextInt(4) == 0 || log.usedPercent() > 10) {
          commit(image, 0);
          image.awaitDurable();
        }
      }
      stop.set(true);
      guest.get(120, TimeUnit.SECONDS);
      commit(image, 0);
      image.awaitDurable();
      assertThat(copier.positionBytes()).isEqualTo(SIZE);
      assertThat(backup.bytes()).isEqualTo(primary.bytes());
    }
  }

  /**
   * One write per sector, a loss of power anywhere: whoever finds a write finds also everything
   * that was flushed before it.
   */
  @Test
  void shouldNeverHaveAWriteWithoutWhatWasFlushedBeforeIt() throws IOException {
    for (int round = 0; round < 300; round++) {
      int sectors = 40;
      MemoryStore backup = new MemoryStore(sectors);
      int[] barrier = new int[sectors]; // writes that are flushed before this one
      UnsafeBuffer records = new UnsafeBuffer(new byte[sectors * 64]);
      int length = sectors(records, barrier);
      backup.failAfter(random.nextInt(sectors + 1));
      try (DiskImage image = new DiskImage(List.of(backup), LIMIT, 0)) {
        image.commit(1, records, 0, length);
        try {
          image.awaitDurable();
        } catch (IOException e) {
          // the power fails where the disk did
        }
        byte[] left = backup.afterPowerLoss(random);
        for (int i = 0; i < sectors; i++) {
          for (int before = 0; left[i] != 0 && before < barrier[i]; before++) {
            assertThat(left[before]).as("write %s before %s", before, i).isEqualTo((byte) 1);
          }
        }
      }
    }
  }

  private int sectors(UnsafeBuffer records, int[] barrier) {
    int length = 0;
    int flushed = 0;
    for (int i = 0; i < barrier.length; i++) {
      if (random.nextInt(4) == 0) {
        length = DiskRecords.putHeader(records, length, DiskRecordKind.FLUSH, 0, 0, 0);
        flushed = i;
      }
      barrier[i] = flushed;
      length = DiskRecords.putHeader(records, length, DiskRecordKind.WRITE, 0, i, 1);
      records.putByte(length++, (byte) 1);
    }
    return length;
  }

  @Test
  void shouldKeepAnEpochThatCouldNotBeAppliedAndTryAgain() throws IOException {
    MemoryStore backup = new MemoryStore(SIZE);
    MemoryStore primary = new MemoryStore(SIZE);
    try (GuestDisk disk = new GuestDisk(0, "vda", primary, log);
        DiskImage image = new DiskImage(List.of(backup), LIMIT, 0)) {
      log.startRecording();
      for (int i = 0; i < 50; i++) {
        anything(disk, random);
      }
      backup.failAfter(0);
      disk.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), false);
      commit(image, 1);
      assertThatThrownBy(image::awaitDurable).hasMessageContaining("no space left");
      assertThat(image.appliedEpoch()).isZero();
      assertThatThrownBy(() -> image.commit(2, new UnsafeBuffer(new byte[0]), 0, 0))
          .hasMessageContaining("cannot be written");
      backup.failAfter(-1);
      image.awaitDurable();
      assertThat(image.appliedEpoch()).isEqualTo(1);
      assertThat(backup.bytes()).isEqualTo(primary.bytes());
    }
  }

  @Test
  void shouldRefuseMoreWhileADiskCannotSyncAndTryAgain() throws IOException {
    MemoryStore backup = new MemoryStore(SIZE);
    try (DiskImage image = new DiskImage(List.of(backup), LIMIT, 0)) {
      backup.failSyncs(true);
      assertThatThrownBy(image::awaitDurable).hasMessageContaining("cannot sync");
      assertThatThrownBy(() -> image.commit(1, new UnsafeBuffer(new byte[0]), 0, 0))
          .hasMessageContaining("cannot be written");
      backup.failSyncs(false);
      image.awaitDurable();
    }
  }

  /** A sync that failed has lost what was written before it, and the next one succeeds. */
  @Test
  void shouldWriteAgainWhatASyncThatFailedMayHaveLost() throws IOException {
    for (int round = 0; round < 50; round++) {
      MemoryStore primary = new MemoryStore(SIZE);
      MemoryStore backup = new MemoryStore(SIZE);
      DiskLog ofRound = new DiskLog(DiskLogSettings.DEFAULT);
      try (GuestDisk disk = new GuestDisk(0, "vda", primary, ofRound);
          DiskImage image = new DiskImage(List.of(backup), LIMIT, 0)) {
        ofRound.startRecording();
        disk.enterProtected();
        for (int epoch = 1; epoch <= 20; epoch++) {
          backup.failSyncs(random.nextInt(3) == 0);
          for (int i = random.nextInt(10); i > 0; i--) {
            anything(disk, random);
          }
          DiskCut cut = ofRound.cut();
          for (boolean taken = false; !taken; ) {
            taken = commits(image, epoch, cut);
            backup.failSyncs(false);
          }
          cut.release();
        }
        applies(image);
        image.awaitDurable();
        assertThat(backup.afterPowerLoss(random)).isEqualTo(primary.bytes());
      }
    }
  }

  private static boolean commits(DiskImage image, long epoch, DiskCut cut) {
    try {
      image.commit(epoch, cut.buffer(), 0, cut.length());
      return true;
    } catch (IllegalStateException e) {
      applies(image);
      return false;
    }
  }

  /** Tries again, at least once. */
  private static void applies(DiskImage image) {
    try {
      image.awaitApplied();
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("cannot sync");
    }
  }

  @Test
  void shouldCountOnACopyOnlyOnceItIsDurable() throws IOException {
    MemoryStore backup = new MemoryStore(SIZE);
    UnsafeBuffer records = new UnsafeBuffer(new byte[64]);
    int length = DiskRecords.putHeader(records, 0, DiskRecordKind.WRITE, 0, 0, 4);
    records.putInt(length, -1);
    try (DiskImage image = new DiskImage(List.of(backup), LIMIT, -1)) {
      image.restart(-1, () -> {});
      image.commit(-1, records, 0, length + 4);
      image.awaitApplied();
      assertThat(image.isCopyDurable()).isFalse();
      backup.failSyncs(true);
      image.commit(0, records, 0, 0);
      assertThatThrownBy(image::awaitApplied).hasMessageContaining("cannot sync");
      assertThat(image.isCopyDurable()).isFalse();
      assertThat(image.hasLostACopy()).isTrue();
      backup.failSyncs(false);
      image.restart(-1, () -> {});
      image.commit(-1, records, 0, length + 4);
      image.commit(0, records, 0, 0);
      image.awaitApplied();
      assertThat(image.isCopyDurable()).isTrue();
      assertThat(backup.afterPowerLoss(random)).startsWith(-1, -1, -1, -1);
    }
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void shouldHoldUpWhateverIsThrownWhileAnEpochIsApplied() throws IOException {
    MemoryStore backup = new MemoryStore(SIZE);
    try (DiskImage image = new DiskImage(List.of(backup), LIMIT, 0)) {
      boolean[] isBroken = {true};
      image.restart(
          0,
          () -> {
            if (isBroken[0]) {
              throw new OutOfMemoryError("of this test");
            }
          });
      assertThatThrownBy(image::awaitApplied).hasMessageContaining("of this test");
      isBroken[0] = false;
      image.awaitApplied();
    }
  }

  @Test
  void shouldRefuseAnEpochAsAWholeAndAQueueBeyondItsLimit() throws IOException {
    MemoryStore backup = new MemoryStore(SIZE);
    var gate = backup.gateSyncs();
    try (DiskImage image = new DiskImage(List.of(backup), 100, 0)) {
      UnsafeBuffer records = new UnsafeBuffer(new byte[200]);
      int length = DiskRecords.putHeader(records, 0, DiskRecordKind.WRITE, 0, 0, 4);
      records.putInt(length, -1);
      int bad = DiskRecords.putHeader(records, length + 4, DiskRecordKind.TRIM, 0, SIZE, 1);
      assertThatThrownBy(() -> image.commit(1, records, 0, bad))
          .hasMessageContaining("disk record at 20 goes beyond disk 0");
      assertThat(backup.bytes()).containsOnly(0);

      int flush = DiskRecords.putHeader(records, length + 4, DiskRecordKind.FLUSH, 0, 0, 0);
      image.commit(1, records, 0, flush);
      image.commit(2, records, 0, flush);
      assertThatThrownBy(() -> image.commit(3, records, 0, flush))
          .hasMessageContaining("too slow: 72 bytes wait, 36 more are above the limit of 100");
      gate.release(100);
      image.awaitDurable();
      assertThat(image.appliedEpoch()).isEqualTo(2);
      assertThat(image.queuedBytes()).isZero();
    }
  }
}
