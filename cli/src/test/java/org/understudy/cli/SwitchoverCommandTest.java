package org.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.node.control.ControlServer;
import org.understudy.node.control.GuestOrder.Outcome;
import org.understudy.node.control.GuestOrder.Step;
import org.understudy.node.program.ExitCode;

/** What an operator sees of a switchover, with a node that answers as the test wants it. */
class SwitchoverCommandTest {
  @TempDir private Path directory;

  private Captured run(String... more) {
    String[] arguments = {"switchover", "--directory", directory.toString()};
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return Captured.run(all);
  }

  @Test
  void shouldRefuseWhenNoNodeRunsThere() {
    Captured run = run();
    assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(run.err()).hasLineCount(1).contains("no node runs in " + directory);
    assertThat(run("--json").out()).hasLineCount(1).contains("\"outcome\":\"refused\"");
  }

  @Test
  void shouldSayWhereTheGuestMovedTo() {
    try (ControlServer server =
        ControlServer.open(directory, order -> order.update(step(Outcome.MOVED, "moved")))) {
      Captured run = run();
      assertThat(server).isNotNull();
      assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
      assertThat(run.out()).contains("moved to b#1 at epoch 7");
      assertThat(run("--json").out()).hasLineCount(1).contains("\"outcome\":\"moved\"");
    }
    assertThat(directory.resolve(ControlServer.SOCKET)).doesNotExist();
  }

  @Test
  void shouldSayWhyWhenItIsRefusedOrFails() {
    try (ControlServer server = ControlServer.open(directory, order -> order.refuse("no backup"))) {
      assertThat(server).isNotNull();
      Captured run = run();
      assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
      assertThat(run.err()).contains("refused: no backup");
    }
    try (ControlServer server =
        ControlServer.open(directory, order -> order.update(step(Outcome.FAILED, "link lost")))) {
      assertThat(server).isNotNull();
      Captured run = run();
      assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
      assertThat(run.err()).contains("failed: link lost");
    }
  }

  @Test
  void shouldNotWaitForEverWhenNothingComesOfIt() {
    try (ControlServer server = ControlServer.open(directory, order -> {})) {
      assertThat(server).isNotNull();
      Captured run = run("--timeout", "50 ms");
      assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
      assertThat(run.err()).contains("the order stands");
    }
  }

  @Test
  void shouldTellWhoeverWaitsWhenTheNodeEnds() throws InterruptedException {
    ControlServer[] server = new ControlServer[1];
    Thread closer = new Thread(() -> server[0].close());
    server[0] = ControlServer.open(directory, order -> closer.start());
    Captured run = run();
    closer.join();
    assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("the node ends");
  }

  @Test
  void shouldDemandOnePlaceAndAReadableTime() {
    assertThat(Captured.run("switchover").exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run("--timeout", "soon").exitCode()).isEqualTo(ExitCode.USAGE);
  }

  private static Step step(Outcome outcome, String text) {
    return new Step(outcome, "phase", text, "b#1", 7, 1_000_000, 2_000_000);
  }
}
