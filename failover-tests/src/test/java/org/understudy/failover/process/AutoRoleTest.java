package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.PairLayout.Place;
import org.understudy.node.control.ControlClient;
import org.understudy.node.control.GuestOrder.Wish;
import org.understudy.node.program.ExitCode;
import org.understudy.node.status.NodeState;

/**
 * Two nodes by one command: whoever does not run the guest becomes the backup, and nobody helps.
 */
@Timeout(300)
class AutoRoleTest {
  @TempDir private Path directory;
  private AutoPair pair;

  @BeforeEach
  void startPair() throws IOException, InterruptedException {
    pair = new AutoPair(directory);
    pair.protectedPair();
  }

  @AfterEach
  void end() {
    pair.close();
  }

  private void kill(Place place) throws InterruptedException {
    pair.node(place).kill();
    assertThat(pair.node(place).diedOfKill(RunningPair.TIMEOUT_MS)).isTrue();
  }

  @Test
  void shouldBeProtectedAgainWhenTheDeadNodeIsStartedByTheSameCommand() throws Exception {
    pair.write(Place.B, "first");
    kill(Place.A);
    pair.start(Place.A);
    pair.awaitProtected(Place.B, Place.A);
    assertThat(pair.read(Place.A)).isEqualTo("first");

    pair.write(Place.A, "second");
    kill(Place.A);
    pair.start(Place.A);
    pair.awaitProtected(Place.B, Place.A);
    kill(Place.B);
    pair.start(Place.B);
    pair.awaitProtected(Place.A, Place.B);
    assertThat(pair.read(Place.B)).isEqualTo("second");
  }

  @Test
  void shouldBecomeTheBackupInTheSameProcessWhenTheGuestMoved() throws Exception {
    pair.write(Place.B, "moved");
    String before = RunningPair.status(pair.node(Place.A)).incarnation();
    for (int move = 0; move < 2; move++) {
      Place from = move == 0 ? Place.A : Place.B;
      JsonNode outcome =
          ControlClient.order(
              Wish.SWITCHOVER, pair.node(from).directory(), RunningPair.TIMEOUT_MS, step -> {});
      assertThat(outcome.path("outcome").asText()).as(outcome.toString()).isEqualTo("moved");
      pair.awaitProtected(from.other(), from);
    }
    assertThat(pair.read(Place.B)).isEqualTo("moved");
    assertThat(RunningPair.status(pair.node(Place.A)).incarnation()).isNotEqualTo(before);
    assertThat(pair.node(Place.A).output()).contains("this node goes on as its backup");
  }

  /** Both hosts are shut down, then switched on again in any order. */
  @Test
  void shouldLoseNothingWhenBothAreStoppedAndStartedAgain() throws Exception {
    pair.write(Place.B, "stopped");
    stop(Place.A);
    RunningPair.awaitState(pair.node(Place.B), NodeState.SOLO);
    stop(Place.B);
    NodeProcess a = pair.start(Place.A);
    Await.until(
        "it waits for the other one",
        RunningPair.TIMEOUT_MS,
        () -> a.output().contains("the guest is saved at b#"));
    pair.start(Place.B);
    pair.awaitProtected(Place.B, Place.A);
    assertThat(pair.read(Place.A)).isEqualTo("stopped");
  }

  private void stop(Place place) throws Exception {
    NodeProcess node = pair.node(place);
    assertThat(node.stop(RunningPair.TIMEOUT_MS)).as(node.output()).isEqualTo(ExitCode.OK);
  }

  @Test
  void shouldBecomeTheBackupInTheSameProcessWhenItIsFenced() throws Exception {
    pair.write(Place.B, "fenced");
    pair.node(Place.A).signal("STOP");
    RunningPair.awaitTakeover(pair.node(Place.B));
    RunningPair.awaitState(pair.node(Place.B), NodeState.SOLO);
    pair.node(Place.A).signal("CONT");
    pair.awaitProtected(Place.B, Place.A);
    assertThat(pair.read(Place.A)).isEqualTo("fenced");
  }

  @Test
  void shouldRefuseToBringBackAGuestThatDiedWithItsOnlyNode() throws Exception {
    stop(Place.B);
    RunningPair.awaitState(pair.node(Place.A), NodeState.SOLO);
    kill(Place.A);
    NodeProcess refused = pair.start(Place.A);
    assertThat(refused.awaitExit(RunningPair.TIMEOUT_MS)).isEqualTo(ExitCode.REFUSED);
    assertThat(refused.output()).contains("ran here alone", "--start-empty");
    pair.start(Place.B);
    pair.start(Place.A, "--start-empty");
    pair.awaitProtected(Place.A, Place.B);
  }
}
