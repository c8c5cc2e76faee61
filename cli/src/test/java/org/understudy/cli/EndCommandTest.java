package org.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.node.control.ControlServer;
import org.understudy.node.control.GuestOrder.Outcome;
import org.understudy.node.control.GuestOrder.Step;
import org.understudy.node.control.GuestOrder.Wish;
import org.understudy.node.program.ExitCode;

/** What an operator sees who gives a guest up, with a node that answers as the test wants it. */
class EndCommandTest {
  @TempDir private Path directory;

  private Captured run(String... more) {
    List<String> all = new ArrayList<>(List.of("end", "--directory", directory.toString()));
    all.addAll(List.of(more));
    return Captured.run(all.toArray(String[]::new));
  }

  @Test
  void shouldSayWhatItMeansAndOrderNothingUnlessThatIsMeant() {
    List<Wish> ordered = new ArrayList<>();
    try (ControlServer server = ControlServer.open(directory, order -> ordered.add(order.wish()))) {
      assertThat(server).isNotNull();
      Captured run = run();
      assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(run.err()).contains("for good, on both nodes", "switchover", "--yes");
      assertThat(ordered).isEmpty();
    }
  }

  @Test
  void shouldSayThatTheGuestEnded() {
    List<Wish> ordered = new ArrayList<>();
    try (ControlServer server =
        ControlServer.open(
            directory,
            order -> {
              ordered.add(order.wish());
              order.update(new Step(Outcome.ENDED, "ended", "the guest ended", "", 7, 0, 0));
            })) {
      assertThat(server).isNotNull();
      Captured run = run("--yes");
      assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
      assertThat(run.out()).contains("the guest ended");
      assertThat(ordered).containsExactly(Wish.END);
      assertThat(run("--yes", "--json").out()).hasLineCount(1).contains("\"outcome\":\"ended\"");
    }
  }

  @Test
  void shouldRefuseWhenNoNodeRunsThere() {
    Captured run = run("--yes");
    assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(run.err()).hasLineCount(1).contains("no node runs in " + directory);
  }
}
