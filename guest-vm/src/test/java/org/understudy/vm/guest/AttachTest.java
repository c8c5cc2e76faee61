package org.understudy.vm.guest;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.checkpoint.track.TrackerProbe.Finding;
import org.understudy.vm.Await;
import org.understudy.vm.CountingGuest;
import org.understudy.vm.attach.AttachException;
import org.understudy.vm.attach.AttachedProcess;
import org.understudy.vm.attach.Refusal;
import org.understudy.vm.disk.DiskPlace;
import org.understudy.vm.machine.FixedOwnership;
import org.understudy.vm.machine.TrackerChoice;
import org.understudy.vm.machine.VmSettings;
import org.understudy.vm.qemu.QemuVersion;
import org.understudy.vm.qemu.VmConfig;
import org.understudy.vm.running.VmGuest;
import org.understudy.vm.standby.VmStandby;

/** A QEMU that the test starts by its own command line, and a node that takes it. */
@Timeout(300)
final class AttachTest {
  @TempDir Path folder;
  private final UnsafeBuffer nothing = new UnsafeBuffer(new byte[0]);
  private final List<AutoCloseable> opened = new ArrayList<>();
  private FixedOwnership ownership = new FixedOwnership();
  private ForeignQemu qemu;
  private TrackerChoice trackers = TrackerChoice.only(TrackerKind.PAGEMAP_SCAN);

  @BeforeEach
  void prepare() throws Exception {
    CountingGuest.assumeQemu();
    qemu = new ForeignQemu(Files.createDirectory(folder.resolve("foreign")));
    opened.add(qemu);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
  }

  private VmGuestFactory node(String name, Path qmp) throws Exception {
    return node(name, qmp, List.of());
  }

  private VmGuestFactory node(String name, Path qmp, List<DiskPlace> disks) throws Exception {
    Path directory = Files.createDirectories(folder.resolve(name));
    // The same machine, but for where what it says goes.
    VmConfig counting = CountingGuest.config(directory, directory.resolve("says"));
    VmConfig.Builder config =
        VmConfig.named("counting")
            .accelerator(counting.accelerator())
            .memoryBytes(counting.memoryBytes())
            .boot(counting.boot())
            .extraArguments(counting.extraArguments().toArray(String[]::new));
    disks.forEach(disk -> config.disk(disk.id(), false));
    VmSettings settings =
        new VmSettings(
            config.build(),
            QemuVersion.of("qemu-system-x86_64", CountingGuest.TIMEOUT_NS),
            directory,
            "test-" + ProcessHandle.current().pid() + "-" + name,
            Map.of(),
            disks,
            trackers,
            1024,
            List.of(),
            CountingGuest.TIMEOUT_NS,
            CountingGuest.TIMEOUT_NS);
    AttachPlan plan = qmp == null ? null : new AttachPlan(qmp, () -> false);
    VmGuestFactory factory = new VmGuestFactory(settings, ownership, plan, false);
    opened.add(factory::close);
    return factory;
  }

  private VmGuest attach() throws Exception {
    VmGuest guest = (VmGuest) node("here", qemu.qmp).create();
    opened.add(guest::close);
    return guest;
  }

  @Test
  void shouldTakeAMachineOverThatAnotherStarted() throws Exception {
    qemu.start();
    awaitCounts(qemu.says, 20);
    VmGuest guest = attach();
    CopyHost host = new CopyHost();
    guest.start(host);
    VmGuestFactory there = node("there", null);
    VmStandby standby = (VmStandby) there.standby();
    GuestMemory image = there.newImage(1);
    standby.startCopy();
    guest.startTracking();
    for (int epoch = 0; epoch < 4; epoch++) {
      host.commit(guest, standby, image, epoch);
      awaitCounts(qemu.says, 20);
    }
    Await.until("a restore was tried", () -> standby.readiness().isReady());
    assertThat(guest.trackerName()).isEqualTo("pagemap-scan");
    int committed = image.segment().get(JAVA_INT_UNALIGNED, CountingGuest.COUNTER_ADDRESS);
    guest.close();
    Await.until("killed with its guest's life here", () -> !qemu.isAlive());

    VmGuest restored = (VmGuest) there.restore(image, nothing, 0, 0, 0);
    restored.start(new CopyHost());
    try {
      Path says = folder.resolve("there").resolve("says");
      awaitCounts(says, 50);
      int[] counts = said(says);
      assertThat(counts[0]).isBetween(committed, committed + 2);
      assertThat(counts[40]).isEqualTo(counts[0] + 40);
    } finally {
      restored.close();
      image.close();
    }
  }

  @Test
  void shouldCompareWhereNothingBetterWorks() throws Exception {
    trackers =
        new TrackerChoice(
            List.of(
                new Finding(TrackerKind.PAGEMAP_SCAN, false, "Linux 6.1"),
                new Finding(TrackerKind.SOFT_DIRTY, false, "no marks"),
                new Finding(TrackerKind.COMPARE, true, "")));
    qemu.start();
    awaitCounts(qemu.says, 5);
    VmGuest guest = attach();
    CopyHost host = new CopyHost();
    guest.start(host);
    guest.startTracking();
    host.capture(guest, CaptureKind.CHECKPOINT).release();
    assertThat(guest.trackerName())
        .isEqualTo("compare (not by pagemap-scan: Linux 6.1; soft-dirty: no marks)");
  }

  @Test
  void shouldLeaveAMachineWithTheOnlyStateAndAttachItAgain() throws Exception {
    ownership = new FixedOwnership(true);
    qemu.start();
    awaitCounts(qemu.says, 5);
    VmGuest guest = attach();
    CopyHost host = new CopyHost();
    guest.start(host);
    guest.startTracking();
    host.capture(guest, CaptureKind.CHECKPOINT).release();
    guest.close();
    awaitCounts(qemu.says, 5);

    assertThatThrownBy(() -> node("here", null))
        .isInstanceOf(AttachException.class)
        .hasMessageContaining("the only state of the guest")
        .hasMessageContaining("vm.attach")
        .hasMessageContaining("--start-empty");
    awaitCounts(qemu.says, 5);

    VmGuest again = attach();
    CopyHost next = new CopyHost();
    again.start(next);
    again.startTracking();
    next.capture(again, CaptureKind.CHECKPOINT).release();
    assertThat(again.trackerName()).isEqualTo("pagemap-scan");
    awaitCounts(qemu.says, 5);
  }

  /** What fails after it was found fit: it is nobody's leftover then. */
  @Test
  void shouldForgetAMachineThatCouldNotBeTakenAfterAll() throws Exception {
    qemu.start();
    awaitCounts(qemu.says, 5);
    Path here = Files.createDirectories(folder.resolve("here"));
    Path inTheWay = Files.createDirectories(here.resolve("state").resolve("of-something-else"));
    assertThatThrownBy(this::attach)
        .isInstanceOf(AttachException.class)
        .hasMessageContaining("left as it is");
    assertThat(here.resolve("attached")).doesNotExist();
    awaitCounts(qemu.says, 5);
    Files.delete(inTheWay);
    Files.delete(here.resolve("state"));
    attach();
    awaitCounts(qemu.says, 5);
  }

  @Test
  void shouldLetAMachineRunThatWaitsForIt() throws Exception {
    qemu.start("-S");
    attach();
    awaitCounts(qemu.says, 5);
  }

  /** The arguments that {@code virsh domxml-to-native} of libvirt 9.0 makes of docs/vm.md's XML. */
  @Test
  void shouldTakeWhatLibvirtStarts() throws Exception {
    VmGuestFactory here = node("here", qemu.qmp, List.of(new DiskPlace("root", makeDisk())));
    Path disks = folder.resolve("here").resolve("disks");
    CompletableFuture<Guest> guest = CompletableFuture.supplyAsync(here::create);
    Await.until("disks are served", () -> Files.exists(disks) || guest.isDone());
    qemu.startAs(
        List.of(
            "-name",
            "guest=web,debug-threads=on",
            "-S",
            "-machine",
            "pc-i440fx-7.2,usb=off,dump-guest-core=off,memory-backend=pc.ram",
            "-cpu",
            "qemu64",
            "-object",
            "{\"qom-type\":\"memory-backend-memfd\",\"id\":\"pc.ram\",\"share\":true,"
                + "\"x-use-canonical-path-for-ramblock-id\":false,\"size\":33554432}",
            "-overcommit",
            "mem-lock=off",
            "-smp",
            "1,maxcpus=2,sockets=1,cores=2,threads=1",
            "-uuid",
            "70b2cc0e-7c84-4500-93f4-e9d13f613bb1",
            "-no-user-config",
            "-chardev",
            "socket,id=charmonitor,path=" + folder.resolve("libvirt.qmp") + ",server=on,wait=off",
            "-mon",
            "chardev=charmonitor,id=monitor,mode=control",
            "-rtc",
            "base=utc",
            "-no-shutdown",
            "-boot",
            "strict=on"),
        "-blockdev",
        "{\"driver\":\"nbd\",\"server\":{\"type\":\"unix\",\"path\":\""
            + disks
            + "\"},\"export\":\"root\",\"node-name\":\"libvirt-1-storage\","
            + "\"auto-read-only\":true,\"discard\":\"unmap\"}",
        "-blockdev",
        "{\"node-name\":\"libvirt-1-format\",\"read-only\":false,\"discard\":\"unmap\","
            + "\"driver\":\"raw\",\"file\":\"libvirt-1-storage\"}",
        "-device",
        "{\"driver\":\"virtio-blk-pci\",\"bus\":\"pci.0\",\"addr\":\"0x2\","
            + "\"drive\":\"libvirt-1-format\",\"id\":\"virtio-disk0\",\"bootindex\":1}",
        "-sandbox",
        "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
        "-msg",
        "timestamp=on");
    VmGuest attached = (VmGuest) guest.get(60, TimeUnit.SECONDS);
    opened.add(attached::close);
    awaitCounts(qemu.says, 5);
    CopyHost host = new CopyHost();
    attached.start(host);
    attached.startTracking();
    host.capture(attached, CaptureKind.CHECKPOINT).release();
    assertThat(attached.trackerName()).isEqualTo("pagemap-scan");
  }

  @Test
  void shouldTakeMemoryInAFile() throws Exception {
    Path ram = Path.of("/dev/shm/attach-test-" + ProcessHandle.current().pid());
    opened.add(() -> Files.deleteIfExists(ram));
    String backend =
        "memory-backend-file,id=pc.ram,size=32M,share=on,x-use-canonical-path-for-ramblock-id=off"
            + ",mem-path=";
    qemu.startAs(
        List.of("-machine", "pc-i440fx-7.2,memory-backend=pc.ram", "-object", backend + ram));
    VmGuest guest = attach();
    awaitCounts(qemu.says, 5);
    guest.close();
    assertThat(ram).as("whoever made it removes it").exists();
  }

  @Test
  void shouldEndWhatADeadProcessOfTheNodeHadAttached() throws Exception {
    qemu.start();
    awaitCounts(qemu.says, 5);
    VmGuestFactory first = node("here", qemu.qmp);
    VmGuest guest = (VmGuest) first.create();
    opened.add(guest::close);
    // That process is gone without a word, the next one starts in the same directory.
    AttachedProcess.endLeftOver(folder.resolve("here"));
    Await.until("killed", () -> !qemu.isAlive());
    assertThat(folder.resolve("here").resolve("attached")).doesNotExist();
  }

  @Test
  void shouldLeaveAMachineAsItIsThatCannotBeProtected() throws Exception {
    qemu.startAs(
        List.of("-machine", "pc-i440fx-7.2"),
        "-netdev",
        "user,id=n0",
        "-device",
        "virtio-net-pci,netdev=n0,romfile=",
        "-drive",
        "if=none,id=d0,format=raw,file=" + makeDisk(),
        "-device",
        "virtio-blk-pci,drive=d0,disable-modern=on");
    awaitCounts(qemu.says, 5);
    List<Refusal> refusals = refusalsWithValues();
    assertThat(refusals)
        .extracting(Refusal::property)
        .contains("memory", "network n0", "a device")
        .anyMatch(property -> property.startsWith("disk "));
    assertThat(refusals)
        .extracting(Refusal::value)
        .anyMatch(value -> value.startsWith("virtio-blk-pci,disable-modern=on at "));
    awaitCounts(qemu.says, 5);
    assertThat(qemu.isAlive()).isTrue();
    assertThat(folder.resolve("here").resolve("attached")).doesNotExist();
  }

  @Test
  void shouldRefuseARamBlockThatTheBackupCallsOtherwise() throws Exception {
    qemu.startAs(
        List.of(
            "-machine",
            "pc-i440fx-7.2,memory-backend=mem",
            "-object",
            "memory-backend-memfd,id=mem,size=32M,share=on"));
    assertThat(refusals()).containsExactly("the name of the RAM block", "a memory block");
  }

  @Test
  void shouldRefuseAnotherMachineType() throws Exception {
    qemu.startAs(
        List.of("-machine", "pc-i440fx-7.1,memory-backend=pc.ram", "-object", ForeignQemu.MEMFD));
    assertThat(refusals()).contains("the machine type");
  }

  @Test
  void shouldRefuseMoreProcessorsOfAnotherKind() throws Exception {
    qemu.start("-smp", "2", "-cpu", "Nehalem");
    assertThat(refusals()).contains("the count of processors", "the processors' features");
  }

  @Test
  void shouldRefuseAFilterOfADeadNode() throws Exception {
    qemu.start(
        "-netdev",
        "hubport,hubid=0,id=n0",
        "-chardev",
        "null,id=us-copy-lan",
        "-object",
        "filter-mirror,id=us-mirror-lan,netdev=n0,queue=tx,outdev=us-copy-lan");
    assertThat(refusals()).contains("filter us-mirror-lan");
  }

  @Test
  void shouldSayThatAnotherHasTheMonitor() throws Exception {
    qemu.start();
    VmGuestFactory first = node("here", qemu.qmp);
    VmGuest guest = (VmGuest) first.create();
    opened.add(guest::close);
    VmGuestFactory second = node("second", qemu.qmp);
    assertThatThrownBy(second::create)
        .isInstanceOf(AttachException.class)
        .hasMessageContaining("one client at a time");
  }

  private List<String> refusals() throws Exception {
    return refusalsWithValues().stream().map(Refusal::property).toList();
  }

  private List<Refusal> refusalsWithValues() throws Exception {
    VmGuestFactory here = node("here", qemu.qmp);
    AttachException e = catchThrowableOfType(AttachException.class, here::create);
    assertThat(e).as(qemu.output()).isNotNull();
    return e.refusals();
  }

  private Path makeDisk() throws Exception {
    return Files.write(folder.resolve("disk.raw"), new byte[1 << 20]);
  }

  private static void awaitCounts(Path says, int more) throws Exception {
    int goal = said(says).length + more;
    Await.until(says + " counts", () -> said(says).length >= goal);
  }

  /** Whole counts; what is said in part at the beginning is left out. */
  private static int[] said(Path says) throws Exception {
    byte[] bytes = Files.exists(says) ? Files.readAllBytes(says) : new byte[0];
    for (int from = 0; from < Integer.BYTES && bytes.length > 8 * Integer.BYTES; from++) {
      int[] counts = CountingGuest.said(Arrays.copyOfRange(bytes, from, bytes.length));
      if (counts[1] == counts[0] + 1 && counts[4] == counts[0] + 4) {
        return counts;
      }
    }
    return CountingGuest.said(bytes);
  }
}
