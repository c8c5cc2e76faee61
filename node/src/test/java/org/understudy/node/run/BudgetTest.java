package org.understudy.node.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.memory.MemoryBound;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.checkpoint.track.WriteBarrier;
import org.understudy.node.config.ConfigLoader;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import org.understudy.primary.agent.PrimaryBounds;
import org.understudy.protocol.link.LinkSpace;
import org.understudy.vm.guest.VmBounds;

class BudgetTest {
  private static final long MIB = 1 << 20;
  private static final long ANY = Long.MAX_VALUE;

  private static NodeConfig config(String more) {
    return ConfigLoader.parse(
        """
        node { name = a, role = primary, directory = /tmp/a }
        self { replication = "127.0.0.1:4", monitor = "127.0.0.1:5", front = "127.0.0.1:6" }
        peer { replication = "127.0.0.1:1", monitor = "127.0.0.1:2", front = "127.0.0.1:3" }
        arbiter.dir = /tmp/arbiter
        guest.memory = 100 MiB
        limits { inputLog = 10 MiB, staging = 50 MiB }
        """
            + more);
  }

  @Test
  void shouldGrowWithEverySettingThatBoundsMemory() {
    long before = Budget.of(config("")).memoryBytes();
    long more = Budget.of(config("limits.staging = 150 MiB")).memoryBytes();
    assertThat(Budget.of(config("limits.staging = 160 MiB")).memoryBytes())
        .as("of a backup, which takes more: staged pages")
        .isEqualTo(more + 10 * MIB);
    assertThat(more).isGreaterThan(before);
    assertThat(
            Budget.of(config("limits.staging = 150 MiB\nlimits.inputLog = 30 MiB")).memoryBytes())
        .as("the backup's log, and the primary's inputs that are twice as much")
        .isEqualTo(more + 60 * MIB);
    assertThat(Budget.of(config("guest.memory = 101 MiB")).memoryBytes())
        .isGreaterThanOrEqualTo(before + MIB);
    String large = "guest.memory = 1 GiB\n";
    assertThat(Budget.of(config(large + "limits.shadow = 500 MiB")).memoryBytes())
        .as("hashes in place of copies")
        .isBetween(
            Budget.of(config(large)).memoryBytes() - 524 * MIB,
            Budget.of(config(large)).memoryBytes() - 450 * MIB);
    assertThat(Budget.of(config("guest.valueLimit = 128 MiB")).memoryBytes())
        .as("replies and output")
        .isGreaterThan(before + 100 * MIB);
    assertThat(Budget.of(config("aeron.termLength = 8 MiB")).sharedBytes())
        .isEqualTo(Budget.of(config("")).sharedBytes() + 48 * MIB);
  }

  /** What each component says of itself, asked here once more. */
  private static List<MemoryBound> everyPart(NodeConfig config) {
    RegionLayout layout = RegionLayout.of("guest", config.guest().memoryBytes());
    List<MemoryBound> parts = new ArrayList<>();
    parts.add(NodeLimits.front(config).ceilingBytes());
    parts.add(NodeLimits.front(config).heapCeilingBytes());
    parts.addAll(NodeLimits.keyValue(config).serviceSettings().bounds());
    parts.addAll(TrackerKind.WRITE_BARRIER.bounds(layout, WriteBarrier.DEFAULT_STAGING_PAGES));
    parts.addAll(PrimaryBounds.ofInputs(NodeLimits.backlogBytes(config), false));
    parts.add(
        MemoryBound.ofShared(
            "link",
            "aeron.termLength",
            LinkSpace.neededBytes((int) config.wire().termLengthBytes())));
    parts.add(MemoryBound.ofDirect("buffers of the link", "", LinkSpace.BUFFERS_BYTES));
    parts.add(MemoryBound.ofHeap("message that waits", "", LinkSpace.HEAP_BYTES));
    parts.add(MemoryBound.ofNative("guest", "guest.memory", layout.totalBytes()));
    return parts;
  }

  private static List<MemoryBound> copy(NodeConfig config) {
    return PrimaryBounds.ofCopies(
        NodeLimits.codec(config),
        RegionLayout.of("guest", config.guest().memoryBytes()),
        config.limits().stagingBytes());
  }

  @Test
  void shouldCountEveryPartOfEachRoleOnce() {
    NodeConfig config = config("guest.tracker = barrier");
    List<MemoryBound> parts = everyPart(config);
    parts.addAll(NodeBounds.largerHalf(copy(config), NodeLimits.backup(config).bounds()));
    parts.add(MemoryBound.ofNative("JVM", "", NodeBounds.JVM_BYTES));
    assertThat(Budget.of(config).bounds()).containsExactlyInAnyOrderElementsOf(parts);
  }

  @Test
  void shouldCountAMachinesPartsAndItsMemoryAsShared() {
    String vm =
        """
        guest.type = vm
        vm.kernel = /k
        vm.disks = [{ id = d, file = /d, size = 1 GiB }]
        vm.nics = [{ id = n, mac = "52:54:00:12:34:56", bridge = b }]
        """;
    NodeConfig config = config(vm);
    Budget budget = Budget.of(config);
    assertThat(budget.sharedBytes()).isEqualTo(Budget.of(config("")).sharedBytes() + 100 * MIB);
    assertThat(budget.bounds())
        .containsAll(VmBounds.both(1))
        .containsAll(VmBounds.backup(1, 1))
        .containsAll(VmBounds.primary(1, 1))
        .doesNotContainAnyElementsOf(NodeLimits.keyValue(config).serviceSettings().bounds());
  }

  @Test
  void shouldCountTheHalfOfTheRoleThatTakesMoreAndTheHeapOfBoth() {
    MemoryBound small = MemoryBound.ofNative("small", "", 5);
    MemoryBound large = MemoryBound.ofNative("large", "", 7);
    MemoryBound heapOfPrimary = MemoryBound.ofHeap("index", "", 9);
    MemoryBound heapOfBackup = MemoryBound.ofHeap("log", "", 3);
    assertThat(NodeBounds.largerHalf(List.of(small, heapOfPrimary), List.of(large, heapOfBackup)))
        .containsExactlyInAnyOrder(large, heapOfPrimary, heapOfBackup);
    assertThat(NodeBounds.largerHalf(List.of(large, heapOfPrimary), List.of(small, heapOfBackup)))
        .containsExactlyInAnyOrder(large, heapOfPrimary, heapOfBackup);
  }

  private static long ofBackup(String more) {
    return NodeLimits.backup(config(more)).bounds().stream()
        .mapToLong(MemoryBound::ceilingBytes)
        .sum();
  }

  @Test
  void shouldBoundABackupByWhatItsKindOfGuestCanSend() {
    String large = "limits.staging = 900 MiB\n";
    long service = ofBackup(large);
    assertThat(ofBackup("limits.staging = 800 MiB"))
        .as("no more than the guest's pages twice, and the output that it lets wait")
        .isEqualTo(service);
    assertThat(ofBackup(large + "guest.memory = 110 MiB")).isEqualTo(service + 20 * MIB);
    assertThat(ofBackup(large + "guest.valueLimit = 128 MiB")).isEqualTo(service + 64 * MIB);
    String vm = "guest.type = vm\nvm.kernel = /k\n";
    assertThat(ofBackup(large + vm))
        .as("sections, and the device state that is kept beside a new one")
        .isEqualTo(ofBackup("limits.staging = 800 MiB\n" + vm) + 200 * MIB);
  }

  private static Resources exactly(Budget budget) {
    return new Resources(
        new HostMemory(budget.memoryBytes(), "/sys/fs/cgroup/memory.max"),
        budget.sharedBytes(),
        budget.directBytes(),
        budget.descriptors(),
        budget.diskBytes());
  }

  @Test
  void shouldHoldExactlyWhatItSaysAndRefuseLess() {
    Budget budget = Budget.of(config(""));
    Resources all = exactly(budget);
    budget.check(all);
    HostMemory less = new HostMemory(budget.memoryBytes() - MIB, "/sys/fs/cgroup/memory.max");
    refused(
        budget,
        new Resources(less, ANY, ANY, ANY, ANY),
        "of memory",
        "(/sys/fs/cgroup/memory.max): 1.0 MiB are missing; lower guest.valueLimit (",
        "limits.staging (50.0 MiB), ",
        "guest.memory (100.0 MiB)");
    refused(
        budget,
        new Resources(all.memory(), budget.sharedBytes() - MIB, ANY, ANY, ANY),
        "of shared memory",
        "1.0 MiB are missing; lower aeron.termLength",
        "--shm-size");
    refused(
        budget,
        new Resources(all.memory(), ANY, budget.directBytes() - MIB, ANY, ANY),
        "of direct memory",
        "-XX:MaxDirectMemorySize=" + ((budget.directBytes() + MIB - 1) / MIB) + "m");
    refused(
        budget,
        new Resources(all.memory(), ANY, ANY, budget.descriptors() - 3, ANY),
        "descriptors",
        ": 3 are missing; raise the limit (ulimit -n");
    refused(
        budget,
        new Resources(all.memory(), ANY, ANY, ANY, budget.diskBytes() - MIB),
        "of disk",
        "1.0 MiB are missing",
        "node.directory");
  }

  @Test
  void shouldRefuseAHeapThatTheWriteBarrierDoesNotFitInto() {
    Budget budget = NodeBounds.budget(config("guest.memory = 64 GiB"), 512 * MIB);
    refused(
        budget,
        new Resources(new HostMemory(ANY, "x"), ANY, ANY, ANY, ANY),
        "of heap",
        "lower guest.memory (",
        "UNDERSTUDY_JAVA_OPTS=-Xmx");
  }

  private static void refused(Budget budget, Resources there, String... words) {
    assertThatThrownBy(() -> budget.check(there))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED))
        .message()
        .contains(words)
        .hasLineCount(1);
  }

  @Test
  void shouldSayTheSumByKindInOneLine() {
    Budget budget = NodeBounds.budget(config(""), 512 * MIB);
    Resources there = new Resources(new HostMemory(8L << 30, "x"), 64 * MIB, ANY, 1024, 20 * MIB);
    assertThat(budget.describe(there))
        .startsWith("budget: at most ")
        .contains(" of memory, 8.0 GiB available: heap 512.0 MiB (", "guest 100.0 MiB")
        .contains("shared memory 60.3 MiB of 64.0 MiB (link 60.3 MiB)")
        .contains("descriptors 144 of 1024; disk 9.0 MiB of 20.0 MiB")
        .hasLineCount(1);
  }

  @Test
  void shouldFindWhatThereIsForADirectoryThatIsNotMadeYet() {
    Resources there = Resources.now(java.nio.file.Path.of("/tmp/none/of/this"));
    assertThat(there.diskBytes()).isPositive();
    assertThat(there.descriptors()).isPositive();
    assertThat(there.sharedBytes()).isNotNegative();
  }
}
