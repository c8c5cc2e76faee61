package org.understudy.vm.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.vm.Await;
import org.understudy.vm.CountingGuest;
import org.understudy.vm.disk.primary.DiskCut;
import org.understudy.vm.disk.primary.DiskLogSettings;

/**
 * A Linux guest writes record after record to its disk, each after the one before is known to be
 * there, through pauses, the death of its QEMU and takeovers.
 */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LinuxGuestDiskTest {
  private static final int SIZE = 16 << 20;
  private static final int SECTOR = 512;
  private static final int EPOCHS = 12;
  private static final Pattern RECORD =
      Pattern.compile("understudy-record (\\d{20}) ([0-9a-f-]{36}) +\\n");
  private static final DiskLogSettings LOG = DiskLogSettings.DEFAULT;

  @TempDir Path folder;
  private MemorySegment image;
  private ByteBuffer state;
  private byte[] committed;
  private long cutBytes;

  @BeforeEach
  void needQemu() {
    CountingGuest.assumeQemu();
    image = java.lang.foreign.Arena.ofAuto().allocate(LinuxMachine.MEMORY_BYTES, 4096);
  }

  private Path file(String node) {
    return folder.resolve(node).resolve("vda.raw");
  }

  private List<DiskPlace> places(String node) throws Exception {
    Files.createDirectories(folder.resolve(node));
    return List.of(new DiskPlace("vda", file(node), SIZE));
  }

  /** Records from the first sector on, without a gap; their number. */
  private static int records(byte[] disk) {
    String boot = null;
    int count = 0;
    for (; count < disk.length / SECTOR; count++) {
      String sector = new String(disk, count * SECTOR, SECTOR, StandardCharsets.ISO_8859_1);
      Matcher record = RECORD.matcher(sector);
      if (!record.matches()) {
        break;
      }
      boot = boot == null ? record.group(2) : boot;
      if (Long.parseLong(record.group(1)) != count || !record.group(2).equals(boot)) {
        throw new AssertionError("sector " + count + " of boot " + boot + " holds " + sector);
      }
    }
    byte[] rest = Arrays.copyOfRange(disk, count * SECTOR, disk.length);
    assertThat(Arrays.equals(rest, new byte[rest.length]))
        .as("nothing behind record %s", count)
        .isTrue();
    return count;
  }

  private void awaitRecords(Path file, int more) throws Exception {
    int last = records(Files.readAllBytes(file)) + more - 1;
    Await.until("the guest writes", () -> isWritten(file, last));
  }

  private static boolean isWritten(Path file, int record) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer first = ByteBuffer.allocate(1);
      channel.read(first, (long) record * SECTOR);
      return first.get(0) != 0;
    }
  }

  /** Copy and epochs; at each pause the backup's file becomes the primary's, byte by byte. */
  private void protect(LinuxMachine machine, RunningDisks from, String node, StandbyDisks to)
      throws Exception {
    Path primary = file(node);
    MemorySegment memory = machine.memory();
    from.startCopy();
    to.startCopy(1);
    while (!from.isCopied()) {
      from.copyStep(1_000_000);
      DiskRig.round(from, to);
    }
    from.enterProtected(2);
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      awaitRecords(primary, 5);
      from.beginPause();
      ByteBuffer live = machine.capture().pause(LinuxMachine.TIMEOUT_NS);
      DiskCut cut = from.cut();
      state = ByteBuffer.allocate(live.remaining()).put(live).flip();
      image.copyFrom(memory);
      committed = Files.readAllBytes(primary);
      machine.capture().resume(LinuxMachine.TIMEOUT_NS);
      to.commit(epoch, cut.buffer(), cut.length());
      cutBytes += cut.length();
      cut.release();
      long wanted = epoch;
      Await.until("applied", () -> to.appliedEpoch() == wanted && to.queuedBytes() == 0);
    }
  }

  @Test
  void shouldGoOnRecordByRecordThroughTakeovers() throws Exception {
    Files.createDirectories(folder.resolve("n0"));
    Files.write(file("n0"), new byte[SIZE]);
    RunningDisks running =
        RunningDisks.open(places("n0"), new DiskOwner(1, 1), folder.resolve("n0"), LOG);
    LinuxMachine machine = new LinuxMachine(folder, "vm0", running.sockets()).run();
    try {
      for (int i = 1; i <= 3; i++) {
        StandbyDisks standby =
            StandbyDisks.open(places("n" + i), folder.resolve("n" + i), StandbyDisks.LIMIT_BYTES);
        LinuxMachine waiting = new LinuxMachine(folder, "vm" + i, standby.sockets()).await();
        try (LinuxMachine dying = machine;
            RunningDisks lost = running) {
          protect(dying, lost, "n" + (i - 1), standby);
          assertThat(Files.readAllBytes(file("n" + i))).isEqualTo(committed);
          awaitRecords(file("n" + (i - 1)), 5); // after the last cut: lost with the primary
          dying.qemu().kill();
        } finally {
          machine = waiting;
        }
        running = takeOver(waiting, standby, 1 + 2L * i);
        awaitRecords(file("n" + i), 20);
      }
    } finally {
      machine.close();
      running.close();
    }
    System.out.printf(
        "%d records over 3 takeovers, %d bytes in %d cuts%n",
        records(Files.readAllBytes(file("n3"))), cutBytes, 3 * EPOCHS);
  }

  private RunningDisks takeOver(LinuxMachine machine, StandbyDisks standby, long generation)
      throws Exception {
    machine.memory().copyFrom(image);
    long startNs = System.nanoTime();
    RunningDisks disks = standby.takeOver(generation, LOG);
    long disksNs = System.nanoTime() - startNs;
    machine.loader().load(state, LinuxMachine.TIMEOUT_NS);
    assertThat(Arrays.mismatch(machine.readThroughQemu(SIZE), committed))
        .as("first byte that the QEMU which waited reads otherwise")
        .isEqualTo(-1);
    machine.loader().run(LinuxMachine.TIMEOUT_NS);
    disks.awaitDurable();
    System.out.printf(
        "takeover of the disks: %d us, durable after %d us; reads of the waiting QEMU: %d%n",
        disksNs / 1000, (System.nanoTime() - startNs) / 1000, standby.reads());
    assertThat(disks.connections()).isEqualTo(1);
    assertThat(standby.refusedWrites()).isZero();
    return disks;
  }
}
