package org.understudy.node.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JVMs that really crash, and what the next start in their directory finds. */
class CrashReportTest {
  @TempDir private Path temporary;

  private Path crash(Path directory, String... jvmFlags) throws Exception {
    Path work = Files.createDirectories(temporary.resolve("work"));
    Process node = CrashingNode.start(directory, work, jvmFlags);
    signal(node, "SEGV");
    return directory.resolve("hs_err_pid" + node.pid() + ".log");
  }

  private static void signal(Process process, String signal) throws Exception {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    process.waitFor();
  }

  private static void startAgain(Path directory) {
    try (RunDirectory next = RunDirectory.open(directory)) {
      assertThat(next.deadPid()).isPresent();
      NodeLog.keepLastWords(next.path(), next.deadPid());
    }
  }

  @Test
  void shouldBringTheReportFromTheWorkingDirectoryOfTheProcessThatCrashed() throws Exception {
    Path directory = temporary.resolve("n");
    Path report = crash(directory);
    assertThat(report).doesNotExist();
    startAgain(directory);
    assertThat(Files.readString(report)).contains("SIGSEGV");
  }

  @Test
  void shouldBringTheReportFromWhereTheJvmWasToldToWriteIt() throws Exception {
    Path directory = temporary.resolve("n");
    Path elsewhere = Files.createDirectories(temporary.resolve("reports"));
    Path report = crash(directory, "-XX:ErrorFile=" + elsewhere + "/crash-%p.txt");
    assertThat(elsewhere).isNotEmptyDirectory();
    startAgain(directory);
    assertThat(Files.readString(report)).contains("SIGSEGV");
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void shouldFindNoReportOfAProcessThatWasKilled() throws Exception {
    Path directory = temporary.resolve("n");
    Process node =
        CrashingNode.start(directory, Files.createDirectories(temporary.resolve("work")));
    signal(node, "KILL");
    assertThat(CrashReport.keep(directory, node.pid())).isEmpty();
    startAgain(directory);
  }

  @Test
  void shouldNoteItsOwnPlaceForTheNextStart() throws IOException {
    Path directory = Files.createDirectories(temporary.resolve("n"));
    CrashReport.note(directory);
    assertThat(Files.readAllLines(directory.resolve(CrashReport.NOTE)).getLast())
        .isEqualTo("/tmp/hs_err_pid" + ProcessHandle.current().pid() + ".log");
  }
}
