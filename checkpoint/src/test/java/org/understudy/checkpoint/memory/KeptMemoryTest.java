package org.understudy.checkpoint.memory;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.understudy.host.FileExtents;

/** Memory that outlives who had it, for the same guest alone, and for one at a time. */
class KeptMemoryTest {
  private static final RegionLayout LAYOUT = RegionLayout.of("a", 16 * RegionSpec.PAGE_BYTES);

  private final long guestId = ThreadLocalRandom.current().nextLong();

  @AfterEach
  void clean() {
    KeptMemory.remove(guestId);
  }

  private Path leave(RegionLayout layout, long value) {
    try (MappedGuestMemory memory = KeptMemory.create(layout, guestId)) {
      memory.segment().set(JAVA_LONG, 4096, value);
      return memory.path();
    }
  }

  @Test
  void shouldBeFoundWithWhatItHeld() {
    Path path = leave(LAYOUT, 42);
    try (MappedGuestMemory base = KeptMemory.takeBase(LAYOUT, guestId, true)) {
      assertThat(base.path()).isEqualTo(path);
      assertThat(base.segment().get(JAVA_LONG, 4096)).isEqualTo(42);
    }
    assertThat(path).exists();
  }

  @Test
  void shouldBeginWithZeros() {
    leave(LAYOUT, 42);
    try (MappedGuestMemory memory = KeptMemory.create(LAYOUT, guestId)) {
      for (int page = 0; page < 16; page++) {
        assertThat(ZeroPages.isZero(memory, page)).isTrue();
      }
    }
  }

  @Test
  void shouldBeLeftAloneWhileSomebodyHasIt() {
    try (MappedGuestMemory memory = KeptMemory.create(LAYOUT, guestId)) {
      assertThat(KeptMemory.takeBase(LAYOUT, guestId, true)).isNull();
      assertThat(KeptMemory.remove(guestId)).isEmpty();
      assertThat(memory.path()).exists();
    }
  }

  /** A QEMU whose node was killed may go on for a moment. */
  @Test
  void shouldBeLeftAloneWhileACommandThatUsesItRuns() throws Exception {
    Path path = leave(LAYOUT, 42);
    List<String> command = KeptMemory.heldBy(path, List.of("sh", "-c", "echo holds; exec cat"));
    Process user = new ProcessBuilder(command).start();
    try {
      assertThat(user.inputReader().readLine()).isEqualTo("holds");
      assertThat(KeptMemory.takeBase(LAYOUT, guestId, true)).isNull();
      assertThat(path).exists();
    } finally {
      user.destroyForcibly().waitFor();
    }
    try (MappedGuestMemory base = KeptMemory.takeBase(LAYOUT, guestId, true)) {
      assertThat(base.path()).isEqualTo(path);
      Process beside =
          new ProcessBuilder(KeptMemory.heldBy(path, List.of("true"))).inheritIO().start();
      assertThat(beside.waitFor()).as("its own node's QEMU may").isZero();
    }
  }

  @Test
  void shouldHoldNothingForMemoryThatIsNotKept() {
    List<String> command = List.of("qemu", "-S");
    assertThat(KeptMemory.heldBy(Path.of("/dev/shm/understudy-x.mem"), command)).isEqualTo(command);
  }

  @Test
  void shouldTakePagesOfAMachineWhenTheyAreWritten() {
    try (MappedGuestMemory memory = KeptMemory.createSparse(LAYOUT, guestId)) {
      long bytes = LAYOUT.totalBytes();
      assertThat(memory.extents().nextData(0, bytes)).isEqualTo(bytes);
      memory.segment().set(JAVA_LONG, 3 * RegionSpec.PAGE_BYTES, 1);
      assertThat(memory.nextPresentPage(0)).isEqualTo(3);
    }
  }

  @Test
  void shouldBeOfNoUseToAnotherGuest() {
    Path path = leave(LAYOUT, 42);
    assertThat(KeptMemory.takeBase(LAYOUT, guestId + 1, true)).isNull();
    assertThat(path).exists();
  }

  @Test
  void shouldGiveTheNewestAndRemoveTheOthers() throws IOException {
    Path old = leave(LAYOUT, 1);
    Path last = leave(LAYOUT, 2);
    Files.setLastModifiedTime(old, FileTime.fromMillis(1000));
    Path smaller = leave(RegionLayout.of("a", RegionSpec.PAGE_BYTES * 2), 3);
    try (MappedGuestMemory base = KeptMemory.takeBase(LAYOUT, guestId, true)) {
      assertThat(base.path()).isEqualTo(last);
    }
    assertThat(old).doesNotExist();
    assertThat(smaller).doesNotExist();
  }

  @Test
  void shouldGoWithItsGuest() {
    Path path = leave(LAYOUT, 42);
    assertThat(KeptMemory.remove(guestId)).containsExactly(path);
    assertThat(path).doesNotExist();
  }

  @Test
  void shouldHaveAllOfItsPagesAndBeItsOwnersAlone() throws IOException {
    try (MappedGuestMemory memory = KeptMemory.create(LAYOUT, guestId)) {
      FileExtents extents = memory.extents();
      long bytes = LAYOUT.totalBytes();
      assertThat(extents.nextHole(0, bytes)).as("a full file system ends nobody").isEqualTo(bytes);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(memory.path())))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void shouldNotBeTakenThroughALink() throws IOException {
    Path path = leave(LAYOUT, 42);
    Path moved = path.resolveSibling(path.getFileName() + ".elsewhere");
    Files.move(path, moved);
    Files.createSymbolicLink(path, moved);
    try {
      assertThat(KeptMemory.takeBase(LAYOUT, guestId, true)).isNull();
    } finally {
      Files.delete(path);
      Files.delete(moved);
    }
  }

  @Test
  void shouldNotBeTakenWhereAnotherCouldWriteToIt() throws IOException {
    Path path = leave(LAYOUT, 42);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThat(KeptMemory.takeBase(LAYOUT, guestId, true)).as("by its mode").isNull();
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    Path other = path.resolveSibling(path.getFileName() + ".link");
    Files.createLink(other, path);
    assertThat(KeptMemory.takeBase(LAYOUT, guestId, true)).as("by another name").isNull();
    Files.delete(other);
    assertThat(path).as("what is not ours is not removed").exists();
    try (MappedGuestMemory base = KeptMemory.takeBase(LAYOUT, guestId, true)) {
      assertThat(base).isNotNull();
    }
  }

  /** Its process died while it took the pages. */
  @Test
  void shouldTakeThePagesThatAreMissing() {
    try (MappedGuestMemory memory = KeptMemory.createSparse(LAYOUT, guestId)) {
      assertThat(memory.nextPresentPage(0)).isEqualTo(16);
    }
    try (MappedGuestMemory base = KeptMemory.takeBase(LAYOUT, guestId, true)) {
      assertThat(base.nextAbsentPage(0)).isEqualTo(16);
    }
  }

  @Test
  void shouldCountWhatNobodyHolds() {
    RegionLayout odd = RegionLayout.of("a", 37 * RegionSpec.PAGE_BYTES);
    try (MappedGuestMemory memory = KeptMemory.createSparse(odd, guestId)) {
      memory.segment().set(JAVA_LONG, 5 * RegionSpec.PAGE_BYTES, 1);
      assertThat(KeptMemory.unheldBytes(odd.totalBytes())).as("held").isZero();
    }
    assertThat(KeptMemory.unheldBytes(odd.totalBytes())).isEqualTo(RegionSpec.PAGE_BYTES);
  }

  @Test
  void shouldSayWhatIsMissingWhereThereIsNoRoom() {
    RegionLayout huge = RegionLayout.of("a", 1L << 42);
    assertThatThrownBy(() -> KeptMemory.create(huge, guestId))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("are available in");
    assertThat(KeptMemory.remove(guestId)).as("nothing is left of it").isEmpty();
  }
}
