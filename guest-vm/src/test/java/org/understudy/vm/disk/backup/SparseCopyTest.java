package org.understudy.vm.disk.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.vm.disk.Seeds;
import org.understudy.vm.disk.file.DiskFile;
import org.understudy.vm.disk.primary.DiskCopier;
import org.understudy.vm.disk.primary.DiskCut;
import org.understudy.vm.disk.primary.DiskLog;
import org.understudy.vm.disk.primary.DiskLogSettings;
import org.understudy.vm.disk.primary.GuestDisk;

/** The initial copy between real files. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SparseCopyTest {
  private static final long SIZE = 3L << 30;
  private static final int PIECE = 256 << 10;

  @TempDir Path directory;

  private Path file(String name) throws IOException {
    Path path = directory.resolve(name);
    try (RandomAccessFile created = new RandomAccessFile(path.toFile(), "rw")) {
      created.setLength(SIZE);
    }
    return path;
  }

  @Test
  void shouldSkipHolesAndMakeThemOnTheOtherSide() throws IOException {
    Random random = new Random(Seeds.next(getClass()));
    Path from = file("from.raw");
    Path to = file("to.raw");
    byte[] data = new byte[300_000];
    DiskLog log = new DiskLog(new DiskLogSettings(1 << 20, 8 << 20, 0));
    try (GuestDisk disk = new GuestDisk(0, "vda", DiskFile.open(from), log);
        DiskFile target = DiskFile.open(to);
        DiskImage image = new DiskImage(List.of(target), 64 << 20, 0)) {
      for (long at = 0; at < SIZE; at += 1L << 29) {
        random.nextBytes(data);
        disk.write(at + random.nextInt(1 << 28), ByteBuffer.wrap(data), false);
        target.write(at + random.nextInt(1 << 28), ByteBuffer.wrap(data)); // an older copy's
      }
      log.startRecording();
      DiskCopier copier = new DiskCopier(disk, PIECE);
      while (!copier.isDone()) {
        if (copier.step() == 0) {
          DiskCut cut = log.cut();
          image.commit(0, cut.buffer(), 0, cut.length());
          cut.release();
        }
      }
      DiskCut cut = log.cut();
      image.commit(0, cut.buffer(), 0, cut.length());
      image.awaitDurable();
      assertThat(copier.copiedBytes()).isBetween(6L * data.length, SIZE / 8);
      assertThat(target.nextData(SIZE - (1L << 27))).isEqualTo(SIZE);
    }
    log.close();
    assertEqual(from, to);
  }

  /** Reads only where one of them has data. */
  private static void assertEqual(Path from, Path to) throws IOException {
    try (DiskFile left = DiskFile.open(from);
        DiskFile right = DiskFile.open(to)) {
      long at = Math.min(left.nextData(0), right.nextData(0));
      while (at < SIZE) {
        int length = (int) Math.min(PIECE, SIZE - at);
        assertThat(read(left, at, length)).as("at %d", at).isEqualTo(read(right, at, length));
        at = Math.min(left.nextData(at + length), right.nextData(at + length));
      }
    }
  }

  private static byte[] read(DiskFile file, long offset, int length) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(length);
    file.read(offset, into);
    return into.array();
  }
}
