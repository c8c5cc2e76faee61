package org.understudy.vm.attach;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.understudy.vm.attach.AttachFacts.Backend;
import org.understudy.vm.attach.AttachFacts.DiskNode;
import org.understudy.vm.attach.AttachFacts.HostProcess;
import org.understudy.vm.attach.AttachFacts.Mapping;
import org.understudy.vm.attach.AttachFacts.Migration;
import org.understudy.vm.attach.AttachFacts.Netdev;
import org.understudy.vm.attach.AttachFacts.QemuObject;
import org.understudy.vm.attach.AttachFacts.Ram;
import org.understudy.vm.attach.MachineShape.Block;
import org.understudy.vm.attach.MachineShape.Device;
import org.understudy.vm.qemu.VmConfig;

/** Each property that is in the way, one by one, of a machine that is fine otherwise. */
class AttachRulesTest {
  private static final long BYTES = 256L << 20;
  private static final String MAC = "52:54:00:aa:bb:01";
  private static final List<String> ONE_CPU = List.of("socket 0 core 0 thread 0");
  private static final Path SOCKET = Path.of("/var/lib/understudy/web/vm/disks");
  private static final String OURS = "nbd+unix:///root?socket=" + SOCKET;

  private static final Device NIC = new Device("virtio-net-pci", "pci.0 3.0", MAC);
  private static final Device DISK = new Device("virtio-blk-pci", "pci.0 2.0", "disk root");
  private static final List<Block> BLOCKS =
      List.of(new Block("pc.ram", BYTES), new Block("pc.bios", 262144));
  private static final Mapping MEMFD =
      new Mapping("/memfd:ram (deleted)", "memfd", 4096, Path.of("/proc/7/fd/9"));

  private static final AttachWants WANTS =
      new AttachWants(
          VmConfig.named("guest").memoryBytes(BYTES).disk("root", false).nic("lan", MAC).build(),
          "7.2.22",
          shape(List.of(NIC, DISK), BLOCKS),
          SOCKET);

  private String qemuVersion = "7.2.22";
  private String runState = "running";
  private MachineShape shape = shape(List.of(DISK, NIC), BLOCKS);
  private HostProcess process = new HostProcess(7, 0, 0, List.of(), "");
  private Ram ram = new Ram(List.of(new Backend("pc.ram", BYTES, true)), BYTES, List.of(), MEMFD);
  private List<Netdev> netdevs = List.of(new Netdev("hostlan", "tap", 1, MAC));
  private List<DiskNode> disks = List.of(new DiskNode("d0", "nbd", OURS, false, false));
  private List<QemuObject> objects = List.of(new QemuObject("pc.ram", "memory-backend-memfd"));
  private Migration migration = new Migration("", List.of(), List.of("events"));

  private static MachineShape shape(List<Device> devices, List<Block> blocks) {
    return new MachineShape(
        "pc-i440fx-7.2",
        "tcg",
        ONE_CPU,
        "c0ffee",
        devices,
        List.of("hpet", "qemu64-x86_64-cpu"),
        blocks);
  }

  private List<Refusal> refusals() {
    return AttachRules.refusals(
        new AttachFacts(
            qemuVersion, runState, shape, process, ram, netdevs, disks, objects, migration),
        WANTS);
  }

  private void refusesOnly(String property, String value, String remedy) {
    assertThat(refusals()).hasSize(1);
    Refusal refusal = refusals().getFirst();
    assertThat(refusal.property()).isEqualTo(property);
    assertThat(refusal.value()).contains(value);
    assertThat(refusal.remedy()).contains(remedy);
  }

  @Test
  void shouldTakeWhatIsAsTheConfigSays() {
    assertThat(refusals()).isEmpty();
    runState = "prelaunch";
    migration = new Migration("completed", List.of(), List.of("events", "x-ignore-shared"));
    disks =
        List.of(
            new DiskNode("d0-storage", "nbd", OURS, false, true),
            new DiskNode("d0-format", "raw", OURS, false, true),
            new DiskNode("cd", "file", "/iso", true, false));
    assertThat(refusals()).isEmpty();
  }

  @Test
  void shouldRefuseMemoryThatIsPrivate() {
    ram = new Ram(List.of(), BYTES, List.of(), null);
    refusesOnly("memory", "private", "memory-backend-memfd");
    ram = new Ram(List.of(new Backend("pc.ram", BYTES, false)), BYTES, List.of(), null);
    refusesOnly("memory", "share=off", "share=on");
  }

  @Test
  void shouldRefuseMemoryOfAnotherSizeOrShape() {
    ram = new Ram(List.of(new Backend("pc.ram", 5, true)), 5, List.of(), null);
    refusesOnly("memory", "5 bytes", "guest.memory says " + BYTES);
    List<Backend> two = List.of(new Backend("a", 1, true), new Backend("b", 2, true));
    ram = new Ram(two, BYTES, List.of(), null);
    refusesOnly("memory", "2 backends", "NUMA");
    ram = new Ram(List.of(new Backend("pc.ram", BYTES, true)), BYTES, List.of("dimm d"), MEMFD);
    refusesOnly("a memory device", "dimm d", "-m");
  }

  @Test
  void shouldRefuseHugePagesAndFilesOnDisks() {
    ram = ramAt(new Mapping("/dev/hugepages/x", "hugetlbfs", 2 << 20, MEMFD.descriptor()));
    refusesOnly("memory", "huge pages", "hugepages");
    ram = ramAt(new Mapping("/var/ram", "ext4", 4096, MEMFD.descriptor()));
    refusesOnly("the memory file", "/var/ram on ext4", "tmpfs");
    ram = ramAt(null);
    refusesOnly("the memory file", "not mapped once", "one memory backend");
  }

  /** It would be in each epoch's state, and no backup could load that. */
  @Test
  void shouldRefuseMemoryWithoutANameFromTheVersionOnThatSendsIt() {
    for (String version : List.of("7.2.22", "8.0.5", "8.1.0", "8.2.2", "10.0.2", "11.1.3")) {
      qemuVersion = version;
      ram = ramAt(MEMFD);
      boolean sends = !version.startsWith("7.") && !version.startsWith("8.0");
      assertThat(refusals().stream().filter(r -> !r.property().equals("QEMU's version")).toList())
          .as(version)
          .hasSize(sends ? 1 : 0)
          .allSatisfy(refusal -> {
            assertThat(refusal.property()).isEqualTo("memory");
            assertThat(refusal.remedy()).contains("memory-backend-file,mem-path=/dev/shm/");
          });
      ram = ramAt(new Mapping("/dev/shm/ram", "tmpfs", 4096, MEMFD.descriptor()));
      assertThat(refusals()).as(version).noneMatch(refusal -> refusal.property().equals("memory"));
    }
  }

  private static Ram ramAt(Mapping mapping) {
    return new Ram(List.of(new Backend("pc.ram", BYTES, true)), BYTES, List.of(), mapping);
  }

  @Test
  void shouldRefuseARamBlockOfAnotherName() {
    shape =
        shape(
            List.of(DISK, NIC),
            List.of(new Block("/objects/pc.ram", BYTES), new Block("pc.bios", 262144)));
    refusesOnly(
        "the name of the RAM block", "/objects/pc.ram", "x-use-canonical-path-for-ramblock-id=off");
  }

  @Test
  void shouldRefuseAnotherQemuOrMachine() {
    qemuVersion = "8.0.0";
    refusesOnly("QEMU's version", "8.0.0", "7.2.22");
    qemuVersion = "7.2.22";
    shape =
        new MachineShape(
            "pc-q35-7.2",
            "kvm",
            List.of("a", "b"),
            "beef",
            List.of(DISK, NIC),
            shape.onboard(),
            BLOCKS);
    assertThat(refusals())
        .extracting(Refusal::property)
        .containsExactly(
            "the machine type",
            "the accelerator",
            "the count of processors",
            "the processors' features");
    assertThat(refusals().getFirst())
        .hasToString(
            "the machine type is pc-q35-7.2: the config makes it pc-i440fx-7.2 (vm.machine)");
  }

  @Test
  void shouldRefuseProcessorsAtOtherPlaces() {
    List<String> cpus = List.of("socket 1 core 0 thread 0");
    shape =
        new MachineShape(
            "pc-i440fx-7.2", "tcg", cpus, "c0ffee", List.of(DISK, NIC), shape.onboard(), BLOCKS);
    refusesOnly("the processors' topology", "socket 1", "one socket");
  }

  @Test
  void shouldRefuseDevicesThatTheConfigDoesNotMake() {
    Device other = new Device("virtio-rng-pci", "pci.0 4.0", "");
    shape = shape(List.of(DISK, NIC, other), BLOCKS);
    refusesOnly("a device", "virtio-rng-pci at pci.0 4.0", "extra");
    shape = shape(List.of(DISK), BLOCKS);
    refusesOnly("a device of the config", "virtio-net-pci at pci.0 3.0 (" + MAC + ")", "place");
    shape = shape(List.of(DISK, new Device("virtio-net-pci", "pci.0 5.0", MAC)), BLOCKS);
    assertThat(refusals()).hasSize(2);
  }

  @Test
  void shouldRefuseDefaultDevicesAndRoms() {
    shape =
        new MachineShape(
            "pc-i440fx-7.2",
            "tcg",
            ONE_CPU,
            "c0ffee",
            List.of(DISK, NIC),
            List.of("VGA", "hpet", "qemu64-x86_64-cpu"),
            BLOCKS);
    refusesOnly("a device", "VGA", "-nodefaults");
    Block rom = new Block("0000:00:03.0/virtio-net-pci.rom", 262144);
    shape = shape(List.of(DISK, NIC), List.of(BLOCKS.get(0), BLOCKS.get(1), rom));
    refusesOnly("a memory block", rom.name(), "romfile");
    shape = shape(List.of(DISK, NIC), List.of(BLOCKS.get(0)));
    refusesOnly("a memory block of the config", "pc.bios", "vm.kernel");
  }

  @Test
  void shouldRefuseDevicesThatWriteMemoryPastQemu() {
    Map<String, String> remedies = new TreeMap<>();
    for (String type : List.of("vfio-pci", "vhost-user-fs-pci", "ivshmem-plain", "vhost-vsock")) {
      remedies.put(type, "others write guest memory");
    }
    remedies.put("virtio-9p-pci", "over the guest's network");
    remedies.put("virtio-balloon-pci", "guest memory comes and goes");
    remedies.put("usb-host", "a device of this host");
    for (String type : remedies.keySet()) {
      shape =
          new MachineShape(
              "pc-i440fx-7.2",
              "tcg",
              ONE_CPU,
              "c0ffee",
              List.of(DISK, NIC),
              List.of("hpet", "qemu64-x86_64-cpu", type),
              BLOCKS);
      assertThat(refusals())
          .anySatisfy(refusal -> {
            assertThat(refusal.value()).isEqualTo(type);
            assertThat(refusal.remedy()).contains(remedies.get(type));
          });
    }
    shape = shape(List.of(DISK, NIC), BLOCKS);
    process = new HostProcess(7, 0, 0, List.of("/dev/vhost-net"), "");
    refusesOnly("a device of the host", "/dev/vhost-net", "vhost=off");
    process = new HostProcess(7, 0, 0, List.of("/dev/vfio/3"), "");
    refusesOnly("a device of the host", "/dev/vfio/3", "take the device out");
  }

  @Test
  void shouldRefuseAProcessThatCannotBeHandled() {
    process = new HostProcess(0, 0, 0, List.of(), "");
    refusesOnly("the process behind the socket", "unknown", "server=on");
    process = new HostProcess(7, 107, 0, List.of(), "");
    refusesOnly("QEMU's user", "107", "qemu.conf");
    process = new HostProcess(7, 0, 0, List.of(), "userfaultfd: not permitted");
    refusesOnly("the tracking of dirty pages", "not permitted", "guest.tracker = auto");
  }

  @Test
  void shouldRefuseNetworksWhoseOutputCannotBeHeld() {
    netdevs = List.of(new Netdev("n0", "user", 1, MAC));
    refusesOnly("network n0", "of type user", "tap");
    netdevs = List.of(new Netdev("n0", "vhost-user", 1, MAC));
    refusesOnly("network n0", "of type vhost-user", "tap");
    netdevs = List.of(new Netdev("n0", "tap", 4, MAC));
    refusesOnly("network n0", "of 4 queues", "one queue");
    netdevs = List.of();
    refusesOnly("interface lan", "not there", MAC);
  }

  @Test
  void shouldRefuseDisksWhoseWritesDoNotPassTheNode() {
    disks = List.of(new DiskNode("d0", "file", "/root.img", false, false));
    refusesOnly("disk d0", "file on /root.img", "server.path=" + SOCKET);
    disks = List.of(new DiskNode("d0", "nbd", "nbd+unix:///root?socket=/other", false, false));
    refusesOnly("disk d0", "socket=/other", "export=ID");
    disks = List.of(new DiskNode("d0", "nbd", OURS.replace("root", "x"), false, false));
    refusesOnly("disk d0", "nbd+unix:///x", "vm.disks");
    disks = List.of(new DiskNode("d0", "qcow2", OURS, false, false));
    refusesOnly("disk d0", "qcow2", "raw");
    disks = List.of(new DiskNode("cd", "file", "/iso", true, true));
    refusesOnly("disk cd", "past the host's cache", "cache.direct=off");
    disks = List.of(new DiskNode("hd", "vvfat", "fat:/srv", true, false));
    refusesOnly("disk hd", "vvfat on fat:/srv", "use a file");
  }

  @Test
  void shouldRefuseFilters() {
    objects = List.of(new QemuObject("us-hold-lan", "filter-redirector"));
    refusesOnly("filter us-hold-lan", "of a node that is gone", "process 7");
    objects = List.of(new QemuObject("f0", "filter-dump"));
    refusesOnly("filter f0", "somebody else", "object_del f0");
    objects = List.of(new QemuObject("c0", "colo-compare"));
    refusesOnly("filter c0", "colo-compare", "remove");
  }

  @Test
  void shouldRefuseObjectsThatKeepStateOutsideOfQemu() {
    objects = List.of(new QemuObject("c0", "cryptodev-backend-builtin"));
    refusesOnly("object c0", "a cryptodev-backend-builtin", "take it out");
    objects = List.of(new QemuObject("r0", "rng-random"), new QemuObject("s0", "secret"));
    assertThat(refusals()).isEmpty();
  }

  @Test
  void shouldRefuseWhatCannotBeMigrated() {
    migration = new Migration("", List.of("0000:00:04.0 says no"), List.of());
    refusesOnly("a migration blocker", "0000:00:04.0 says no", "device");
    migration = new Migration("active", List.of(), List.of());
    refusesOnly("a migration", "active", "cancel");
    migration = new Migration("", List.of(), List.of("multifd"));
    refusesOnly("migration capability multifd", "on", "off");
    migration = new Migration("", List.of(), List.of());
    for (String state : List.of("inmigrate", "io-error", "shutdown", "guest-panicked", "debug")) {
      runState = state;
      refusesOnly("the machine's state", state, "let it run");
    }
  }

  @Test
  void shouldSayAllThatIsInTheWay() {
    ram = new Ram(List.of(), BYTES, List.of(), null);
    netdevs = List.of(new Netdev("n0", "user", 1, MAC));
    disks = List.of(new DiskNode("d0", "file", "/root.img", false, false));
    assertThat(new AttachException(refusals()))
        .hasMessageStartingWith("the machine cannot be protected: memory is private to QEMU: ")
        .hasMessageContaining("; network n0 is of type user: ")
        .hasMessageContaining("; disk d0 is file on /root.img: ");
  }
}
