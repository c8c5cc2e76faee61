package org.understudy.checkpoint.memory;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.understudy.host.LinuxCallException;
import org.understudy.host.LinuxCalls;
import org.understudy.host.MemoryLimits;

class MappedGuestMemoryTest {
  private static final RegionLayout LARGE =
      new RegionLayout(List.of(new RegionSpec("a", 8192), new RegionSpec("b", (2L << 30) + 4096)));

  static List<Function<RegionLayout, MappedGuestMemory>> kinds() {
    return List.of(
        MappedGuestMemory::anonymous,
        MappedGuestMemory::anonymousSmallPages,
        layout -> MappedGuestMemory.memfd(layout, "test"),
        layout -> MappedGuestMemory.sharedFile(layout, uniqueName()));
  }

  private static String uniqueName() {
    return "test-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void shouldMapRegionsAboveTwoGiBAsZeroPages(Function<RegionLayout, MappedGuestMemory> kind) {
    try (MappedGuestMemory memory = kind.apply(LARGE)) {
      long last = LARGE.totalBytes() - Long.BYTES;
      assertThat(memory.segment().byteSize()).isEqualTo((2L << 30) + 12288);
      assertThat(memory.address() % 4096).isZero();
      assertThat(memory.segment().get(JAVA_LONG, last)).isZero();
      memory.segment().set(JAVA_LONG, last, 42);
      assertThat(memory.segment().get(JAVA_LONG, last)).isEqualTo(42);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void shouldEndAccessWhenClosedTwice(Function<RegionLayout, MappedGuestMemory> kind) {
    MappedGuestMemory memory = kind.apply(RegionLayout.of("a", 4096));
    MemorySegment segment = memory.segment();
    memory.close();
    memory.close();
    assertThatThrownBy(() -> segment.get(JAVA_LONG, 0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldShareAFileWithOtherMappings() throws IOException {
    String name = uniqueName();
    Path path = SharedMemoryFile.DIRECTORY.resolve("understudy-" + name + ".mem");
    try (MappedGuestMemory memory =
        MappedGuestMemory.sharedFile(RegionLayout.of("a", 8192), name)) {
      memory.segment().set(JAVA_LONG, 4096, Long.reverseBytes(0x1122334455667788L));
      try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
        assertThat(file.length()).isEqualTo(8192);
        file.seek(4096);
        assertThat(file.readLong()).isEqualTo(0x1122334455667788L);
      }
      assertThat(memory.fd()).isPositive();
      assertThatThrownBy(() -> MappedGuestMemory.sharedFile(memory.layout(), name))
          .hasMessage(path + " is in use by another process");
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void shouldRefuseInOneLineWhenThereIsTooLittleMemory() {
    RegionLayout huge = RegionLayout.of("heap", 1L << 42);
    assertThatThrownBy(() -> MappedGuestMemory.anonymous(huge))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageMatching(
            "guest memory \\[heap] needs 4194304 MiB, but only \\d+ MiB are available in .*");
    assertThatThrownBy(() -> MappedGuestMemory.memfd(huge, "heap"))
        .hasMessageContaining("are available in ");
    assertThatThrownBy(() -> MemoryLimits.requireSpace("it", 1L << 50, SharedMemoryFile.DIRECTORY))
        .hasMessageContaining("available in /dev/shm: remove files there");
  }

  @Test
  void shouldKeepContentAndGiveItBackOnceWhenAdopted() {
    AtomicInteger closed = new AtomicInteger();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment image = arena.allocate(8192, 4096);
      image.set(JAVA_LONG, 4096, 7);
      RegionLayout layout = RegionLayout.of("a", 8192);
      MappedGuestMemory memory = MappedGuestMemory.adopt(layout, image, closed::incrementAndGet);
      assertThat(memory.address()).isEqualTo(image.address());
      assertThat(memory.segment().get(JAVA_LONG, 4096)).isEqualTo(7);
      memory.close();
      memory.close();
      assertThat(closed).hasValue(1);
      RegionLayout other = RegionLayout.of("b", 4096);
      assertThatThrownBy(() -> MappedGuestMemory.adopt(other, image, () -> {}))
          .hasMessage("regions [b] have 4096 bytes, the memory to adopt 8192");
    }
  }

  @Test
  void shouldRemoveOnlyFilesWhoseOwnerIsGone() throws IOException {
    Path leftOver = SharedMemoryFile.DIRECTORY.resolve("understudy-" + uniqueName() + ".mem");
    Files.createFile(leftOver);
    try (SharedMemoryFile live = SharedMemoryFile.create(uniqueName())) {
      assertThat(SharedMemoryFile.removeLeftOvers()).contains(leftOver).doesNotContain(live.path());
      assertThat(leftOver).doesNotExist();
      assertThat(live.path()).exists();
    }
  }

  @Test
  void shouldNameTheCallAndTheReasonWhenLinuxRefuses() {
    assertThatThrownBy(() -> LinuxCalls.check(LinuxCalls.open("/nonexistent", 0, 0), "opening it"))
        .isInstanceOf(LinuxCallException.class)
        .hasMessage("opening it: No such file or directory (errno 2)");
    assertThatThrownBy(() -> SharedMemoryFile.create("../x"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
