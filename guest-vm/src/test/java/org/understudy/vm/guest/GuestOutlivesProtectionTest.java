package org.understudy.vm.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.vm.Await;
import org.understudy.vm.CountingGuest;
import org.understudy.vm.disk.DiskPlace;
import org.understudy.vm.guest.FaultyMonitor.Fault;
import org.understudy.vm.machine.OwnershipView;
import org.understudy.vm.machine.TrackerChoice;
import org.understudy.vm.machine.VmSettings;
import org.understudy.vm.qemu.VmConfig;
import org.understudy.vm.running.VmGuest;
import org.understudy.vm.track.OutsideTracking;

/** Whatever protecting needs fails, step by step, and each time the guest is seen to run on. */
@Timeout(600)
final class GuestOutlivesProtectionTest {
  private static final String BRIDGE = "ustestq0";
  private static final int DISK_BYTES = 1 << 20;

  /** For those that wait until an answer is given up. */
  private static final long STUCK_NS = 2_000_000_000L;

  @TempDir Path parent;
  private final OwnershipStub ownership = new OwnershipStub();
  private List<DiskPlace> disks = List.of();
  private long pauseTimeoutNs = CountingGuest.TIMEOUT_NS;
  private TrackerChoice trackers = TrackerChoice.only(TrackerKind.COMPARE);
  private Path folder;
  private FaultyMonitor monitor;
  private VmGuestFactory factory;
  private VmGuest guest;
  private CopyHost host;

  @BeforeAll
  static void makeBridge() throws Exception {
    CountingGuest.assumeQemu();
    run("ip", "link", "add", BRIDGE, "type", "bridge");
    run("ip", "link", "set", BRIDGE, "up");
  }

  @AfterAll
  static void removeBridge() throws Exception {
    run("ip", "link", "del", BRIDGE);
  }

  private static void run(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
        .as(String.join(" ", command))
        .isZero();
  }

  private void start(String name) throws Exception {
    folder = Files.createDirectory(parent.resolve(name));
    monitor = new FaultyMonitor(folder);
    VmConfig counting = CountingGuest.config(folder, folder.resolve("says"));
    VmSettings settings =
        new VmSettings(
            VmConfig.named("counting")
                .program(monitor.program.toString())
                .accelerator(counting.accelerator())
                .memoryBytes(counting.memoryBytes())
                .boot(counting.boot())
                .nic("lan", "52:54:00:77:09:01")
                .extraArguments(counting.extraArguments().toArray(String[]::new))
                .build(),
            "any",
            folder,
            "test-" + ProcessHandle.current().pid() + "-" + name,
            Map.of("lan", BRIDGE),
            disks,
            trackers,
            1024,
            List.of(),
            CountingGuest.TIMEOUT_NS,
            pauseTimeoutNs);
    factory = new VmGuestFactory(settings, ownership);
    guest = (VmGuest) factory.create();
    host = new CopyHost();
    guest.start(host);
  }

  @AfterEach
  void stop() throws Exception {
    if (guest != null) {
      guest.close();
      guest = null;
      factory.close();
      monitor.close();
    }
  }

  /** A copy and two epochs, or as far as it comes. */
  private void protect() throws Exception {
    guest.startTracking();
    boolean unfinished = true;
    while (unfinished && host.broken() == null) {
      Capture round = host.captureOrBroken(guest, CaptureKind.ROUND);
      unfinished = round != null && round.isCopyUnfinished();
      releaseIfAny(round);
    }
    for (CaptureKind kind :
        List.of(CaptureKind.GATE, CaptureKind.CHECKPOINT, CaptureKind.CHECKPOINT)) {
      releaseIfAny(host.captureOrBroken(guest, kind));
    }
  }

  private static void releaseIfAny(Capture capture) {
    if (capture != null) {
      capture.deviceStateLength();
      capture.release();
    }
  }

  private void assertRunsOn(String as) throws Exception {
    int counts = said();
    Await.until(as + ": the guest runs on", () -> said() > counts + 30);
    assertThat(host.failure()).as(as).isNull();
  }

  private int said() throws Exception {
    return (int) (Files.size(folder.resolve("says")) / Integer.BYTES);
  }

  private void unprotect() {
    guest.openGate();
    guest.stopTracking();
  }

  @ParameterizedTest
  @EnumSource(names = {"REFUSED", "CUT"})
  void shouldRunOnWhicheverRequestOfItsProtectionFails(Fault fault) throws Exception {
    start(fault + "-none");
    monitor.arm(fault, Integer.MAX_VALUE);
    protect();
    assertThat(host.broken()).isNull();
    List<String> requests = List.copyOf(monitor.requests);
    assertThat(requests).contains("stop", "migrate", "xen-save-devices-state", "cont");
    stop();
    for (int i = 0; i < requests.size(); i++) {
      String as = fault + " " + i + ": " + requests.get(i);
      start(fault + "-" + i);
      monitor.arm(fault, i);
      protect();
      assertRunsOn(as);
      unprotect();
      if (fault == Fault.REFUSED) {
        assertNextCopyWorks(as);
      }
      stop();
    }
  }

  @Test
  void shouldFailInsteadOfGoingOnAloneWhenQemuDiesInTheMidstOfItsProtection() throws Exception {
    start("whole");
    monitor.arm(Fault.KILLED, Integer.MAX_VALUE);
    protect();
    List<String> requests = List.copyOf(monitor.requests);
    stop();
    for (int i = 0; i < requests.size(); i++) {
      String as = i + ": " + requests.get(i);
      start("killed-" + i);
      monitor.kill = () -> ProcessHandle.of(guest.pid()).ifPresent(ProcessHandle::destroyForcibly);
      monitor.arm(Fault.KILLED, i);
      protect();
      Await.until(as + ": the guest failed", () -> host.failure() != null);
      assertThat(host.broken()).as(as + ": goes on alone, it was said").isNull();
      stop();
    }
  }

  private void assertNextCopyWorks(String as) throws Exception {
    monitor.heal();
    CopyHost next = host;
    Await.until(
        as + ": the next copy works",
        () -> {
          next.forget();
          protect();
          boolean works = next.broken() == null;
          unprotect();
          return works;
        });
    assertThat(host.failure()).as(as).isNull();
  }

  @Test
  void shouldRunOnWithAStateThatIsNotUnderstood() throws Exception {
    start("garbled");
    monitor.arm(Fault.GARBLED, 0, Integer.MAX_VALUE);
    protect();
    assertThat(host.broken()).contains("protecting the guest failed");
    assertRunsOn("garbled");
    unprotect();
    assertNextCopyWorks("garbled");
  }

  @Test
  void shouldRunOnOnceAQemuThatIsNotAnsweringAnswersAgain() throws Exception {
    pauseTimeoutNs = STUCK_NS;
    start("stuck");
    monitor.arm(Fault.REFUSED, Integer.MAX_VALUE);
    protect();
    int stop = monitor.requests.lastIndexOf("stop");
    unprotect();
    monitor.arm(Fault.UNANSWERED, stop + 1, Integer.MAX_VALUE);
    protect();
    // How many requests a copy makes differs: the one that is not answered may be of a later epoch.
    while (host.broken() == null) {
      releaseIfAny(host.captureOrBroken(guest, CaptureKind.CHECKPOINT));
    }
    assertThat(host.failure()).isNull();
    monitor.heal();
    assertRunsOn("stuck");
  }

  /** It stands still here, and the backup has all of it. */
  @Test
  void shouldBeGivenUpOnlyWhereItStandsStillAndAnotherNodeHasIt() throws Exception {
    pauseTimeoutNs = STUCK_NS;
    ownership.isProtected = true;
    start("given-up");
    protect();
    assertThat(host.broken()).isNull();
    monitor.arm(Fault.UNANSWERED, 1, Integer.MAX_VALUE);
    host.captureOrBroken(guest, CaptureKind.CHECKPOINT);
    Await.until("given up", () -> host.failure() != null);
  }

  @Test
  void shouldRunOnWhereItsPagesCannotBeTracked() throws Exception {
    trackers = TrackerChoice.only(TrackerKind.PAGEMAP_SCAN);
    start("tracker");
    MappedGuestMemory memory = (MappedGuestMemory) guest.memory();
    long pid = guest.pid();
    try (OutsideTracking other =
        OutsideTracking.start(
            pid,
            memory.path(),
            memory.layout().totalBytes(),
            memory.extents(),
            CountingGuest.TIMEOUT_NS)) {
      assertThat(other).isNotNull();
      protect();
      assertThat(host.broken()).contains("UFFDIO_REGISTER");
      assertRunsOn("tracker");
      unprotect();
    }
    assertNextCopyWorks("tracker");
  }

  /** At its beginning, in its midst, near its end. */
  @ParameterizedTest
  @ValueSource(ints = {1_000, DISK_BYTES / 2 + 1_000, DISK_BYTES - 1_000})
  void shouldRunOnWhereItsDiskCannotBeReadForTheCopy(int readableBytes) throws Exception {
    Path disk = parent.resolve("disk.raw");
    byte[] content = new byte[DISK_BYTES];
    new Random(DISK_BYTES).nextBytes(content);
    Files.write(disk, content);
    disks = List.of(new DiskPlace("d0", disk, DISK_BYTES));
    start("disk");
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(readableBytes);
    }
    protect();
    assertThat(host.broken()).contains("the disks cannot be copied", "was cut off");
    assertRunsOn("disk");
    unprotect();
    Files.write(disk, content, StandardOpenOption.WRITE);
    assertNextCopyWorks("disk");
  }

  @Test
  void shouldRunOnAfterAnErrorOfThisProcess() throws Exception {
    start("error");
    host.throwInCaptured = new OutOfMemoryError("planted");
    protect();
    assertThat(host.broken()).contains("OutOfMemoryError: planted");
    assertRunsOn("error");
    unprotect();
    assertNextCopyWorks("error");
  }

  /** A register that says what the test wants. */
  private static final class OwnershipStub implements OwnershipView {
    private volatile boolean isProtected;

    @Override
    public long registerId() {
      return 7;
    }

    @Override
    public long generation() {
      return 1;
    }

    @Override
    public long writtenSince() {
      return 1;
    }

    @Override
    public boolean isProtected() {
      return isProtected;
    }

    @Override
    public boolean isAlone() {
      return !isProtected;
    }

    @Override
    public boolean wasAlone() {
      return false;
    }
  }
}
