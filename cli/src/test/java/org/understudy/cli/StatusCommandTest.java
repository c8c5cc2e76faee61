package org.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.node.program.ExitCode;
import org.understudy.node.run.RunDirectory;

class StatusCommandTest {
  @TempDir private Path temporary;

  private Captured status(String... more) {
    String[] arguments = new String[3 + more.length];
    arguments[0] = "status";
    arguments[1] = "--directory";
    arguments[2] = directory().toString();
    System.arraycopy(more, 0, arguments, 3, more.length);
    return Captured.run(arguments);
  }

  private Path directory() {
    return temporary.resolve("n");
  }

  @Test
  void shouldTellWhatANodeThatRunsIsDoing() throws Exception {
    try (NodeDouble node = NodeDouble.start(directory(), "protected")) {
      Captured run = status();
      assertThat(run.err()).isEmpty();
      assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(run.out())
          .contains("node        b (primary), process " + node.pid())
          .contains("state       protected for ")
          .contains("protection  PROTECTED for ")
          .contains("register    solo, generation 3, owner b#ab12")
          .contains("1 on their way")
          .doesNotContain("NOT RUNNING");
    }
  }

  @Test
  void shouldSayThatTheGuestIsNotProtected() throws Exception {
    try (NodeDouble _ = NodeDouble.start(directory(), "solo")) {
      Captured run = status();
      assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(run.out()).contains("state       solo for ", "NOT PROTECTED for ");
    }
  }

  @Test
  void shouldPrintTheFileAsItIs() throws Exception {
    try (NodeDouble node = NodeDouble.start(directory(), "protected")) {
      Captured run = status("--json");
      assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(new ObjectMapper().readTree(run.out()).path("pid").asLong()).isEqualTo(node.pid());
    }
  }

  @Test
  void shouldTellADeadNodeFromOneThatNeverWas() throws Exception {
    Captured none = status();
    assertThat(none.exitCode()).isEqualTo(ExitCode.NO_NODE);
    assertThat(none.err()).hasLineCount(1).contains("no node was ever started in " + directory());
    assertThat(none.out()).isEmpty();
    try (NodeDouble node = NodeDouble.start(directory(), "protected")) {
      node.kill();
      Captured dead = status();
      assertThat(dead.exitCode()).isEqualTo(ExitCode.NOT_RUNNING);
      assertThat(dead.out())
          .startsWith("NOT RUNNING: the process died without an orderly end")
          .contains(directory().resolve("node.log").toString())
          .contains("state       protected");
      assertThat(status("--json").exitCode()).isEqualTo(ExitCode.NOT_RUNNING);
    }
  }

  @Test
  void shouldTellANodeThatEndedInOrder() throws Exception {
    try (NodeDouble node = NodeDouble.start(directory(), "ended")) {
      node.endInOrder();
      Captured run = status();
      assertThat(run.exitCode()).isEqualTo(ExitCode.NOT_RUNNING);
      assertThat(run.out()).startsWith("NOT RUNNING: the process has ended");
    }
  }

  @Test
  void shouldTellANodeThatHangs() throws Exception {
    try (NodeDouble node = NodeDouble.start(directory(), "hang")) {
      Captured run = status();
      assertThat(run.exitCode()).isEqualTo(ExitCode.NOT_RUNNING);
      assertThat(run.out())
          .startsWith("NOT RUNNING: process " + node.pid() + " lives and has written no status");
    }
  }

  @Test
  void shouldTellANodeThatHasSaidNothingYet() throws Exception {
    try (NodeDouble _ = NodeDouble.start(directory(), "silent")) {
      Captured run = status();
      assertThat(run.exitCode()).isEqualTo(ExitCode.NO_NODE);
      assertThat(run.err()).contains("starts and has said nothing yet");
    }
  }

  @Test
  void shouldWaitForAState() throws Exception {
    try (NodeDouble node = NodeDouble.start(directory(), "syncing")) {
      Captured late = status("--wait", "protected", "--timeout", "1 ms");
      assertThat(late.exitCode()).isEqualTo(ExitCode.TIMED_OUT);
      assertThat(late.err()).hasLineCount(1).contains("not protected after 1 ms");
      node.say("protected");
      assertThat(status("--wait", "protected", "--timeout", "60 s").exitCode())
          .isEqualTo(ExitCode.OK);
    }
  }

  @Test
  void shouldRefuseAStateThatDoesNotExist() {
    Captured run = status("--wait", "happy");
    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("--wait happy", "protected, link-lost");
  }

  /** Whoever looks holds the lock for a moment: a start at that moment must not be refused. */
  @Test
  void shouldNotKeepANodeFromStarting() throws Exception {
    Files.createDirectories(directory());
    RunDirectory.open(directory()).close();
    Thread looks =
        Thread.ofPlatform()
            .start(() -> {
              while (!Thread.currentThread().isInterrupted()) {
                try {
                  RunDirectory.isOwned(directory());
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              }
            });
    try {
      NodeDouble.start(directory(), "solo").close();
    } finally {
      looks.interrupt();
      looks.join();
    }
  }
}
