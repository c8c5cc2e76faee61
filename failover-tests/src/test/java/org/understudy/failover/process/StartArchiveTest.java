package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.cli.Main;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Relaunch;
import org.understudy.node.program.Version;

/** The archive of classes from which nodes start. */
@Timeout(120)
class StartArchiveTest {
  @TempDir private Path directory;

  private String version(List<String> command) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(Main.class.getName(), "--version"));
    Path output = directory.resolve("output");
    Process process = new ProcessBuilder(all).redirectOutput(output.toFile()).start();
    assertThat(process.waitFor()).isEqualTo(ExitCode.OK);
    return Files.readString(output);
  }

  private static void requireArchive() {
    assumeTrue(
        System.getProperty(Relaunch.ARCHIVE) != null, "'mvn verify' makes it and names its place");
  }

  @Test
  void shouldGiveOurClassesToAProcess() throws Exception {
    requireArchive();
    Path loaded = directory.resolve("loaded");
    List<String> flags = new ArrayList<>(Version.nodeFlags());
    flags.add("-Xlog:class+load:file=" + loaded);
    version(Relaunch.command(flags));
    List<String> ours =
        Files.readAllLines(loaded).stream()
            .filter(line -> line.contains(" org.understudy.") && !line.contains("Lambda"))
            .toList();
    // All but the few that build on classes of the library's that are too old to be kept.
    assertThat(ours)
        .filteredOn(line -> line.contains("source: shared objects file"))
        .hasSizeGreaterThan(ours.size() * 9 / 10);
  }

  @Test
  void shouldSayNothingAndStartWithoutWhenItDoesNotFit() throws Exception {
    requireArchive();
    List<String> command = Relaunch.command(Version.nodeFlags());
    String expected = version(command);
    Path damaged = Files.writeString(directory.resolve("damaged.jsa"), "no archive");
    command.replaceAll(argument ->
        argument.startsWith("-XX:SharedArchiveFile=")
            ? "-XX:SharedArchiveFile=" + damaged
            : argument);
    assertThat(command).contains("-XX:SharedArchiveFile=" + damaged);
    assertThat(version(command)).isEqualTo(expected).hasLineCount(1);
  }
}
