package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.PairLayout;
import org.understudy.lab.pair.PairLayout.Place;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.control.ControlClient;
import org.understudy.node.control.GuestOrder.Wish;
import org.understudy.node.program.ExitCode;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;
import redis.clients.jedis.Jedis;

/**
 * Two nodes by one command: whoever does not run the guest becomes the backup, and nobody helps.
 */
@Timeout(300)
class AutoRoleTest {
  @TempDir private Path directory;
  private PairLayout layout;
  private NodeProcess a;
  private NodeProcess b;

  @BeforeEach
  void startPair() throws IOException, InterruptedException {
    layout = new PairLayout(directory, RunningPair.settings());
    b = start(Place.B);
    a = start(Place.A, "--start-as", "primary");
    awaitProtected(a, b);
  }

  @AfterEach
  void end() {
    for (NodeProcess node : new NodeProcess[] {a, b}) {
      if (node != null) {
        node.close();
        node.forgetGuest();
      }
    }
  }

  private NodeProcess start(Place place, String... arguments) throws IOException {
    Path config = layout.write(place, NodeConfig.Role.AUTO);
    return NodeProcess.start(place.node(), layout.directory(place), config, List.of(), arguments);
  }

  private static void awaitProtected(NodeProcess primary, NodeProcess backup)
      throws InterruptedException {
    Await.until(
        primary.name() + " protected by " + backup.name(),
        RunningPair.TIMEOUT_MS,
        () -> {
          for (NodeProcess node : new NodeProcess[] {primary, backup}) {
            if (!node.isAlive()) {
              throw node.diedError();
            }
          }
          return isProtected(primary, "primary") && isProtected(backup, "backup");
        });
  }

  private static boolean isProtected(NodeProcess node, String role) throws IOException {
    NodeStatus status = RunningPair.status(node);
    return status.state() == NodeState.PROTECTED && status.role().equals(role);
  }

  private void write(Place backup, String value) {
    try (Jedis client = RunningPair.jedis(layout.front(backup))) {
      assertThat(client.set("key", value)).isEqualTo("OK");
    }
  }

  private String read(Place backup) {
    try (Jedis client = RunningPair.jedis(layout.front(backup))) {
      return client.get("key");
    }
  }

  @Test
  void shouldBeProtectedAgainWhenTheDeadNodeIsStartedByTheSameCommand() throws Exception {
    write(Place.B, "first");
    a.kill();
    assertThat(a.diedOfKill(RunningPair.TIMEOUT_MS)).isTrue();
    a = start(Place.A);
    awaitProtected(b, a);
    assertThat(read(Place.A)).isEqualTo("first");

    write(Place.A, "second");
    a.kill();
    assertThat(a.diedOfKill(RunningPair.TIMEOUT_MS)).isTrue();
    a = start(Place.A);
    awaitProtected(b, a);
    b.kill();
    assertThat(b.diedOfKill(RunningPair.TIMEOUT_MS)).isTrue();
    b = start(Place.B);
    awaitProtected(a, b);
    assertThat(read(Place.B)).isEqualTo("second");
  }

  @Test
  void shouldBecomeTheBackupInTheSameProcessWhenTheGuestMoved() throws Exception {
    write(Place.B, "moved");
    String before = RunningPair.status(a).incarnation();
    for (int move = 0; move < 2; move++) {
      NodeProcess from = move == 0 ? a : b;
      NodeProcess to = move == 0 ? b : a;
      JsonNode outcome =
          ControlClient.order(
              Wish.SWITCHOVER, from.directory(), RunningPair.TIMEOUT_MS, step -> {});
      assertThat(outcome.path("outcome").asText()).as(outcome.toString()).isEqualTo("moved");
      awaitProtected(to, from);
    }
    assertThat(read(Place.B)).isEqualTo("moved");
    assertThat(RunningPair.status(a).incarnation()).isNotEqualTo(before);
    assertThat(a.output()).contains("this node goes on as its backup");
  }

  /** Both hosts are shut down, then switched on again in any order. */
  @Test
  void shouldLoseNothingWhenBothAreStoppedAndStartedAgain() throws Exception {
    write(Place.B, "stopped");
    assertThat(a.stop(RunningPair.TIMEOUT_MS)).as(a.output()).isEqualTo(ExitCode.OK);
    RunningPair.awaitState(b, NodeState.SOLO);
    assertThat(b.stop(RunningPair.TIMEOUT_MS)).as(b.output()).isEqualTo(ExitCode.OK);
    a = start(Place.A);
    Await.until(
        "it waits for the other one",
        RunningPair.TIMEOUT_MS,
        () -> a.output().contains("the guest is saved at b#"));
    b = start(Place.B);
    awaitProtected(b, a);
    assertThat(read(Place.A)).isEqualTo("stopped");
  }

  @Test
  void shouldBecomeTheBackupInTheSameProcessWhenItIsFenced() throws Exception {
    write(Place.B, "fenced");
    a.signal("STOP");
    RunningPair.awaitTakeover(b);
    RunningPair.awaitState(b, NodeState.SOLO);
    a.signal("CONT");
    awaitProtected(b, a);
    assertThat(read(Place.A)).isEqualTo("fenced");
  }

  @Test
  void shouldRefuseToBringBackAGuestThatDiedWithItsOnlyNode() throws Exception {
    assertThat(b.stop(RunningPair.TIMEOUT_MS)).as(b.output()).isEqualTo(ExitCode.OK);
    RunningPair.awaitState(a, NodeState.SOLO);
    a.kill();
    assertThat(a.diedOfKill(RunningPair.TIMEOUT_MS)).isTrue();
    a = start(Place.A);
    assertThat(a.awaitExit(RunningPair.TIMEOUT_MS)).isEqualTo(ExitCode.REFUSED);
    assertThat(a.output()).contains("ran here alone", "--start-empty");
    b = start(Place.B);
    a = start(Place.A, "--start-empty");
    awaitProtected(a, b);
  }
}
