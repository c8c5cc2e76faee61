package org.understudy.node.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeCodeTest {
  @TempDir private Path place;
  private Path node;
  private Path noexec;
  private boolean isMounted;

  @BeforeEach
  void mount() throws Exception {
    node = Files.createDirectory(place.resolve("node"));
    noexec = Files.createDirectory(place.resolve("noexec"));
    isMounted = run("mount", "-t", "tmpfs", "-o", "noexec", "tmpfs", noexec.toString()) == 0;
    Assumptions.assumeTrue(isMounted, "needs the right to mount");
  }

  @AfterEach
  void unmount() throws Exception {
    if (isMounted) {
      run("umount", noexec.toString());
    }
  }

  private static int run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private static String load(Path directory, Path temporary) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                NativeCodeProcess.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String said = process.inputReader().readLine();
    process.waitFor();
    return said;
  }

  @Test
  void shouldNotNeedTheTemporaryDirectoryAndLeaveNothingAnywhere() throws Exception {
    assertThat(load(node, noexec)).isEqualTo("loaded");
    assertThat(node).isEmptyDirectory();
    assertThat(noexec).isEmptyDirectory();
  }

  @Test
  void shouldUseTheTemporaryDirectoryWhereNodesOwnRunsNoCode() throws Exception {
    Path temporary = Files.createDirectory(place.resolve("temporary"));
    assertThat(load(noexec, temporary)).isEqualTo("loaded");
    assertThat(temporary).isEmptyDirectory();
    assertThat(noexec).isEmptyDirectory();
  }

  @Test
  void shouldNameBothPlacesAndTheRemedyWhereNeitherRunsCode() throws Exception {
    assertThat(load(noexec, noexec))
        .contains("cannot be loaded from node.directory or java.io.tmpdir: " + noexec)
        .contains("noexec (set node.directory");
  }

  @Test
  void shouldRemoveWhatAKilledProcessLeft() throws Exception {
    Path left = Files.createDirectory(node.resolve("native"));
    Files.writeString(left.resolve("libx.so"), "x");
    assertThat(load(node, noexec)).isEqualTo("loaded");
    assertThat(left).doesNotExist();
  }
}
