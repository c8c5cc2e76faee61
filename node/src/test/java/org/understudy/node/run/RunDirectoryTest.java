package org.understudy.node.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import org.understudy.node.status.StatusSamples;

class RunDirectoryTest {
  @TempDir private Path temporary;

  @Test
  void shouldRefuseASecondOwnerWhenTheFirstLives() {
    Path path = temporary.resolve("a");
    try (RunDirectory first = RunDirectory.open(path)) {
      assertThat(first.previous()).isEmpty();
      assertThatThrownBy(() -> RunDirectory.open(path))
          .isInstanceOfSatisfying(
              UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED))
          .hasMessageContaining(path.toString())
          .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
    }
    RunDirectory.open(path).close();
  }

  @Test
  void shouldSayThatAnOwnerWhoseNumberNobodyHasIsOfAnotherNamespace() throws IOException {
    Path path = temporary.resolve("a");
    try (RunDirectory first = RunDirectory.open(path)) {
      Files.writeString(first.path().resolve(RunDirectory.PID), "999999999\n");
      assertThatThrownBy(() -> RunDirectory.open(path))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("process 999999999 of another process id namespace");
    }
  }

  @Test
  void shouldTellWhatThePreviousProcessSaidWhenOpenedAgain() throws IOException {
    try (RunDirectory first = RunDirectory.open(temporary)) {
      first.status().write(StatusSamples.full());
      assertThat(temporary.resolve("node.pid")).exists();
    }
    assertThat(temporary.resolve("node.pid")).doesNotExist();
    try (RunDirectory second = RunDirectory.open(temporary)) {
      assertThat(second.previous()).contains(StatusSamples.full());
    }
  }

  @Test
  void shouldIgnoreADamagedStatusWhenOpenedAgain() throws IOException {
    Files.writeString(temporary.resolve("status.json"), "{");
    try (RunDirectory directory = RunDirectory.open(temporary)) {
      assertThat(directory.previous()).isEmpty();
    }
  }

  @Test
  void shouldNameTheDirectoryWhenItCannotBeMade() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));
    assertThatThrownBy(() -> RunDirectory.open(file.resolve("a")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot be used");
  }

  @Test
  void shouldLetNobodyElseIntoTheDirectoryAlsoWhereItWasThereBefore() throws IOException {
    Path open = Files.createDirectory(temporary.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (Path path : List.of(open, temporary.resolve("deep/new"))) {
      RunDirectory.open(path).close();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void shouldRemoveLeftoversOfDeadProcessesOnly() throws IOException {
    Path dead = Files.createDirectories(temporary.resolve("x-0000000000000001/deep"));
    Files.createFile(dead.resolve("file"));
    Files.createFile(temporary.resolve("x-0000000000000001.lock"));
    Files.createFile(temporary.resolve("x-0000000000000002.lock"));
    Path own = Files.createDirectory(Leftovers.directory(temporary, "x"));
    Path other = Files.createDirectory(temporary.resolve("x-failed-1"));
    assertThat(Leftovers.removeDead(temporary, "x")).containsExactly(dead.getParent());
    assertThat(dead.getParent()).doesNotExist();
    assertThat(temporary.resolve("x-0000000000000001.lock")).doesNotExist();
    assertThat(temporary.resolve("x-0000000000000002.lock")).doesNotExist();
    assertThat(own).exists();
    assertThat(other).exists();
    Leftovers.deleteTree(own);
    assertThat(temporary).isDirectoryNotContaining(path -> path.toString().endsWith(".lock"));
  }
}
