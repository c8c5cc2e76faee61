package org.understudy.vm.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.vm.Await;
import org.understudy.vm.CountingGuest;
import org.understudy.vm.disk.DiskPlace;
import org.understudy.vm.disk.nbd.DiskClient;
import org.understudy.vm.disk.primary.DiskLogSettings;
import org.understudy.vm.machine.FixedOwnership;
import org.understudy.vm.machine.TrackerChoice;
import org.understudy.vm.machine.VmSettings;
import org.understudy.vm.running.VmGuest;

/** A machine that writes more to its disks in one epoch than may be kept: it must not die of it. */
@Timeout(300)
final class TooManyWritesTest {
  private static final int WRITE_BYTES = 30 << 20;
  private static final long DISK_BYTES = 64L << 20;

  @TempDir Path folder;
  private final CopyHost host = new CopyHost();
  private VmGuestFactory factory;
  private VmGuest guest;

  /** The disk is served, and written by the test: no device of the machine is connected to it. */
  @BeforeEach
  void start() throws Exception {
    CountingGuest.assumeQemu();
    Path disk = folder.resolve("disk.raw");
    VmSettings settings =
        new VmSettings(
            CountingGuest.config(folder, folder.resolve("says")),
            "any",
            folder,
            "test-" + ProcessHandle.current().pid() + "-writes",
            Map.of(),
            List.of(new DiskPlace("d0", disk, DISK_BYTES)),
            TrackerChoice.only(TrackerKind.COMPARE),
            1024,
            List.of(),
            CountingGuest.TIMEOUT_NS,
            CountingGuest.TIMEOUT_NS);
    try (var file = new java.io.RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(DISK_BYTES);
    }
    factory = new VmGuestFactory(settings, new FixedOwnership());
    guest = (VmGuest) factory.create();
    guest.start(host);
  }

  @AfterEach
  void stop() {
    guest.close();
    factory.close();
  }

  private void writeMoreThanOneEpochMayHave() throws Exception {
    try (DiskClient client = new DiskClient(folder.resolve("disks"), "d0")) {
      byte[] data = new byte[WRITE_BYTES];
      for (long written = 0;
          written <= DiskLogSettings.DEFAULT.limitBytes();
          written += WRITE_BYTES) {
        client.write(0, data, false);
      }
    }
  }

  private void copy() throws Exception {
    guest.startTracking();
    boolean unfinished = true;
    while (unfinished) {
      Capture round = host.capture(guest, CaptureKind.ROUND);
      unfinished = round.isCopyUnfinished();
      round.release();
    }
    host.capture(guest, CaptureKind.CHECKPOINT).release();
  }

  @Test
  void shouldEndTheProtectionAndNotTheGuestWhenAnEpochHasTooManyDiskWrites() throws Exception {
    copy();
    writeMoreThanOneEpochMayHave();
    Await.until("told", () -> host.broken() != null);
    assertThat(host.broken()).contains("bytes in one epoch");
    int counts = said();
    Await.until("the guest runs on", () -> said() > counts + 50);
    assertThat(host.failure()).isNull();

    guest.stopTracking();
    copy();
    Capture next = host.capture(guest, CaptureKind.CHECKPOINT);
    assertThat(next.diskWritesLength()).isZero();
    next.release();
    assertThat(host.failure()).isNull();
  }

  @Test
  void shouldGiveUpTheCopyWhenOneRoundHasTooManyDiskWrites() throws Exception {
    guest.startTracking();
    host.capture(guest, CaptureKind.ROUND).release();
    writeMoreThanOneEpochMayHave();
    Await.until("told", () -> host.broken() != null);
    guest.stopTracking();
    copy();
    assertThat(host.failure()).isNull();
  }

  private int said() throws Exception {
    return (int) (Files.size(folder.resolve("says")) / Integer.BYTES);
  }
}
