package org.understudy.vm.running;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.vm.Await;
import org.understudy.vm.disk.DiskOwner;
import org.understudy.vm.disk.DiskPlace;
import org.understudy.vm.disk.RunningDisks;
import org.understudy.vm.disk.label.DiskLabelFile;
import org.understudy.vm.disk.primary.DiskLogSettings;
import org.understudy.vm.machine.OwnershipView;

/** What fails on the disks of a guest that runs does not end it. */
@Timeout(120)
final class GatedDisksTest {
  private static final int SIZE = 1 << 20;

  @TempDir Path folder;

  /** A register that moved on since the disks were opened. */
  private final OwnershipView ownership =
      (OwnershipView)
          Proxy.newProxyInstance(
              OwnershipView.class.getClassLoader(),
              new Class<?>[] {OwnershipView.class},
              (view, method, arguments) ->
                  method.getReturnType() == boolean.class ? (Object) false : (Object) 2L);

  private Path file;
  private GatedDisks disks;

  @BeforeEach
  void open() throws IOException {
    file = folder.resolve("d0.raw");
    byte[] data = new byte[SIZE];
    data[0] = 1;
    Files.write(file, data);
    disks =
        new GatedDisks(
            RunningDisks.open(
                List.of(new DiskPlace("d0", file)),
                new DiskOwner(ownership.registerId(), 1),
                folder,
                DiskLogSettings.DEFAULT),
            ownership);
  }

  @AfterEach
  void close() {
    disks.close();
  }

  @Test
  void shouldGiveTheCopyUpWhenADiskCannotBeRead() throws Exception {
    try (var cut = new java.io.RandomAccessFile(file.toFile(), "rw")) {
      cut.setLength(1000);
    }
    disks.startCopy();
    while (disks.broken() == null) {
      disks.copySome();
    }
    assertThat(disks.broken()).contains("the disks cannot be copied", "was cut off");
    assertThat(disks.cutOrNull()).isNull();
    disks.stopCopy();
  }

  @Test
  void shouldGoOnAloneWhenTheRecordCannotBeWrittenAndTryAgain() throws Exception {
    Path record = new DiskLabelFile(file).path();
    Files.delete(record);
    Path inTheWay = Files.createDirectories(record.resolve("way"));
    disks.enterSolo();
    disks.follow();
    assertThat(record).isDirectory();
    Files.delete(inTheWay);
    Files.delete(record);
    Await.until(
        "the record",
        () -> {
          disks.follow();
          return Files.isRegularFile(record);
        });
  }
}
