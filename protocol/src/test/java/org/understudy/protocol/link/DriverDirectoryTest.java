package org.understudy.protocol.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.pair.ownership.NodeId;

/** What a dead process left is told by a lock, never by a number, a name or a clock. */
class DriverDirectoryTest {
  @TempDir Path root;

  @Test
  void shouldRemoveWhatADeadProcessLeftAndNothingElse() throws Exception {
    Process other = LockOwner.start(root);
    Path others = root.resolve("understudy-aeron-0000000000000b0b");
    Path foreign = Files.createDirectory(root.resolve("understudy-aeron-notes"));
    try (DriverDirectory own = DriverDirectory.create(root, new NodeId("a", 0xab))) {
      assertThat(DriverDirectory.removeLeftovers(root)).as("all live").isZero();
      assertThat(others).isDirectory();
      other.destroyForcibly().waitFor();
      assertThat(DriverDirectory.removeLeftovers(root)).as("one is dead").isEqualTo(1);
      assertThat(others).doesNotExist();
      assertThat(own.path()).isDirectory();
      assertThat(DriverDirectory.removeLeftovers(root)).as("ours is still held").isZero();
    } finally {
      other.destroyForcibly();
    }
    assertThat(foreign).isDirectory();
    assertThat(names()).containsExactly("understudy-aeron-notes");
  }

  @Test
  void shouldStillBeHeldAfterOneOfThisProcessLookedForLeftovers() throws Exception {
    // Closing any descriptor of a locked file would drop the lock of the whole process.
    try (DriverDirectory own = DriverDirectory.create(root, new NodeId("a", 0xb0b1))) {
      DriverDirectory.removeLeftovers(root);
      Process other = LockOwner.start(root);
      try {
        assertThat(own.path()).isDirectory();
      } finally {
        other.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void shouldRemoveADirectoryThatHasNoLock() throws IOException {
    Path left = Files.createDirectory(root.resolve("understudy-aeron-00000000000000cd"));
    Files.writeString(left.resolve("x"), "x");
    assertThat(DriverDirectory.removeLeftovers(root)).isEqualTo(1);
    assertThat(left).doesNotExist();
  }

  @Test
  void shouldKeepEverybodyElseOutOfItsFiles() {
    try (LinkPair pair = new LinkPair(root, c -> c)) {
      pair.awaitConnected();
      assertThat(names()).hasSize(4);
      for (String name : names()) {
        String mode = mode(root.resolve(name));
        assertThat(mode).as(name).isEqualTo(name.endsWith(".lock") ? "rw-------" : "rwx------");
      }
    }
    assertThat(names()).as("nothing is left after an orderly end").isEmpty();
  }

  private static String mode(Path file) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> names() {
    try (Stream<Path> entries = Files.list(root)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
