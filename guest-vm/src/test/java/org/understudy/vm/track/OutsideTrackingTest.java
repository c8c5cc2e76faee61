package org.understudy.vm.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.host.FileExtents;
import org.understudy.vm.Await;
import org.understudy.vm.CountingGuest;
import org.understudy.vm.GuestRig;

/** The memory of a real QEMU, followed from outside. */
@Timeout(600)
final class OutsideTrackingTest {
  private static final long TIMEOUT_NS = CountingGuest.TIMEOUT_NS;
  private static final long SHORT_NS = 3_000_000_000L;
  private static final int PAGE_BYTES = 4096;
  private static final int EPOCHS = 50;

  @TempDir Path folder;

  @BeforeEach
  void needQemu() {
    CountingGuest.assumeQemu();
  }

  @Test
  void shouldFindEveryWrittenPageOverManyEpochs() throws Exception {
    try (GuestRig rig = GuestRig.running(folder, "guest");
        Arena arena = Arena.ofShared();
        OutsideTracking tracking = track(rig)) {
      rig.awaitCounts(10);
      MemorySegment memory = rig.map();
      MemorySegment image = arena.allocate(CountingGuest.MEMORY_BYTES);
      int[] pages = new int[1];
      long[] scanUs = new long[EPOCHS];
      int copied = 0;
      for (int epoch = 0; epoch < EPOCHS; epoch++) {
        rig.capture().pause(TIMEOUT_NS);
        pages[0] = 0;
        long startNs = System.nanoTime();
        tracking.scan((first, end) -> {
          long offset = (long) first * PAGE_BYTES;
          pages[0] += end - first;
          MemorySegment.copy(memory, offset, image, offset, (long) (end - first) * PAGE_BYTES);
        });
        scanUs[epoch] = (System.nanoTime() - startNs) / 1000;
        assertThat(memory.mismatch(image))
            .as("first byte that differs, epoch %d", epoch)
            .isEqualTo(-1);
        copied += epoch == 0 ? 0 : pages[0];
        rig.capture().resume(TIMEOUT_NS);
        rig.awaitCounts(20);
      }
      Arrays.sort(scanUs);
      System.out.printf(
          "%d pages per epoch, scan and copy us p50 %d max %d%n",
          copied / (EPOCHS - 1), scanUs[EPOCHS / 2], scanUs[EPOCHS - 1]);
      assertThat(copied / (EPOCHS - 1)).as("pages per epoch").isBetween(10, 4000);
      assertThat(rig.qemu().isAlive()).as("the child is not taken for dead").isTrue();
    }
  }

  @Test
  void shouldTrackAgainAfterAnEndAndLeaveNothingInQemu() throws Exception {
    try (GuestRig rig = GuestRig.running(folder, "guest")) {
      rig.awaitCounts(10);
      long before = descriptors(rig);
      for (int i = 0; i < 3; i++) {
        try (OutsideTracking tracking = track(rig)) {
          int[] pages = new int[1];
          tracking.scan((first, end) -> pages[0] += end - first);
          assertThat(pages[0]).as("the first scan reports all").isPositive();
          assertThat(descriptors(rig)).isEqualTo(before + 1);
        }
        assertThat(descriptors(rig)).isEqualTo(before);
        rig.awaitCounts(10);
      }
    }
  }

  @Test
  void shouldSayWhichStepFailsAndLeaveTheGuestRunning() throws Exception {
    try (GuestRig rig = GuestRig.running(folder, "guest");
        OutsideTracking tracking = track(rig)) {
      long before = descriptors(rig);
      assertThatThrownBy(() -> track(rig).close())
          .isInstanceOf(TrackingException.class)
          .hasMessageContaining("UFFDIO_REGISTER");
      assertThat(descriptors(rig)).isEqualTo(before);
      rig.awaitCounts(10);
      tracking.scan((first, end) -> assertThat(end).isGreaterThan(first));
    }
  }

  /**
   * The helper is caught while it holds QEMU, and stands still for longer than anybody waits: as on
   * a host that has no processor for it.
   */
  @Test
  void shouldLeaveAHelperAloneThatHoldsQemu() throws Exception {
    try (GuestRig rig = GuestRig.running(folder, "guest")) {
      rig.awaitCounts(10);
      long before = descriptors(rig);
      long helper = 0;
      while (helper == 0) {
        CompletableFuture<OutsideTracking> tracking =
            CompletableFuture.supplyAsync(() -> track(rig, SHORT_NS));
        helper = stopTracer(rig.qemu().pid(), tracking);
        if (helper == 0) {
          // It was faster than this test, or this host too slow for it.
          tracking.handle((done, e) -> done).thenAccept(OutsideTrackingTest::closeIfAny).join();
        } else {
          assertThatThrownBy(tracking::join).hasMessageContaining("are left to end");
        }
      }
      assertThat(ProcessState.isRunning(helper)).as("it is not killed").isTrue();
      signal("CONT", helper);
      Await.until("all is put back", () -> descriptors(rig) == before);
      rig.awaitCounts(20);
      track(rig).close();
      assertThat(rig.qemu().isAlive()).isTrue();
    }
  }

  /** A terminal that is closed tells every process of it to end. */
  @Test
  void shouldPutEverythingBackWhenTheHelperIsToldToEnd() throws Exception {
    try (GuestRig rig = GuestRig.running(folder, "guest")) {
      rig.awaitCounts(10);
      for (String signal : List.of("HUP", "INT", "TERM")) {
        long helper = 0;
        while (helper == 0) {
          CompletableFuture<OutsideTracking> tracking =
              CompletableFuture.supplyAsync(() -> track(rig));
          helper = stopTracer(rig.qemu().pid(), tracking);
          if (helper != 0) {
            signal(signal, helper);
            signal("CONT", helper);
          }
          tracking.join().close();
        }
        rig.awaitCounts(20);
        assertThat(rig.qemu().isAlive()).as(signal).isTrue();
      }
    }
  }

  /** Zero where the tracking came to its end before its helper was caught. */
  private static long stopTracer(long pid, CompletableFuture<?> tracking) throws Exception {
    Path status = Path.of("/proc/" + pid + "/status");
    while (!tracking.isDone()) {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("TracerPid:") && !line.endsWith("\t0")) {
          long tracer = Long.parseLong(line.substring(line.indexOf('\t') + 1));
          // It may be through by now: then nothing of this is of any use.
          signal("STOP", tracer);
          boolean holds = Files.readString(status).contains("TracerPid:\t" + tracer + "\n");
          if (holds) {
            return tracer;
          }
          signal("CONT", tracer);
        }
      }
    }
    return 0;
  }

  private static void closeIfAny(OutsideTracking tracking) {
    if (tracking != null) {
      tracking.close();
    }
  }

  private static void signal(String name, long pid) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
  }

  @Test
  void shouldRefuseMemoryThatTheProcessDoesNotMap() throws Exception {
    try (GuestRig rig = GuestRig.running(folder, "guest")) {
      long pid = rig.qemu().pid();
      assertThatThrownBy(
              () -> OutsideTracking.tryOut(pid, Path.of("/dev/shm/other"), 4096, TIMEOUT_NS))
          .isInstanceOf(TrackingException.class)
          .hasMessageContaining("/dev/shm/other");
    }
  }

  @Test
  void shouldReadMappings() {
    ProcessMaps maps =
        ProcessMaps.parse(
            List.of(
                "7f2e9be00000-7f2e9de00000 rw-s 00000000 00:1b 42      /dev/shm/a b.mem",
                "7f2e9e000000-7f2e9e001000 rw-p 00000000 00:00 0 ",
                "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0   [vsyscall]"));
    assertThat(maps.wholeFile("/dev/shm/a b.mem", 32 << 20).start()).isEqualTo(0x7f2e9be00000L);
    assertThatThrownBy(() -> maps.wholeFile("/dev/shm/a b.mem", 64 << 20))
        .isInstanceOf(TrackingException.class);
    assertThat(maps.named("[vsyscall]").bytes()).isEqualTo(4096);
  }

  private static OutsideTracking track(GuestRig rig) {
    return track(rig, TIMEOUT_NS);
  }

  private static OutsideTracking track(GuestRig rig, long timeoutNs) {
    return OutsideTracking.start(
        rig.qemu().pid(),
        rig.memory.path(),
        CountingGuest.MEMORY_BYTES,
        new FileExtents(rig.memory.fd(), "memory"),
        timeoutNs);
  }

  private static long descriptors(GuestRig rig) throws Exception {
    try (Stream<Path> all = Files.list(Path.of("/proc/" + rig.qemu().pid() + "/fd"))) {
      return all.count();
    }
  }
}
