package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
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
import org.understudy.node.program.ExitCode;
import org.understudy.node.status.NodeState;
import redis.clients.jedis.Jedis;

/** A guest that only one node has outlives a stop of that node. */
@Timeout(300)
class SavedGuestTest {
  @TempDir private Path directory;
  private PairLayout layout;
  private NodeProcess node;

  @BeforeEach
  void startAlone() throws IOException, InterruptedException {
    layout = new PairLayout(directory, RunningPair.settings());
    start("--start-as", "primary");
    RunningPair.awaitState(node, NodeState.SOLO);
    write("saved");
  }

  @AfterEach
  void end() {
    node.close();
    node.forgetGuest();
  }

  private void start(String... arguments) throws IOException {
    Path config = layout.write(Place.A, NodeConfig.Role.AUTO);
    node = NodeProcess.start("a", layout.directory(Place.A), config, List.of(), arguments);
  }

  private void write(String value) {
    try (Jedis client = RunningPair.jedis(layout.front(Place.A))) {
      assertThat(client.set("key", value)).isEqualTo("OK");
    }
  }

  private String read() {
    try (Jedis client = RunningPair.jedis(layout.front(Place.A))) {
      return client.get("key");
    }
  }

  private Path save() {
    return layout.directory(Place.A).resolve("save");
  }

  private void stop() throws IOException, InterruptedException {
    assertThat(node.stop(RunningPair.TIMEOUT_MS)).as(node.output()).isEqualTo(ExitCode.OK);
    assertThat(RunningPair.status(node).state()).isEqualTo(NodeState.SAVED);
    assertThat(RunningPair.status(node).ownership().mode()).isEqualTo("saved");
  }

  @Test
  void shouldGoOnWhereItWasStoppedAgainAndAgain() throws Exception {
    for (int i = 0; i < 2; i++) {
      stop();
      start();
      RunningPair.awaitState(node, NodeState.SOLO);
      assertThat(node.output()).contains("goes on with the guest that was saved");
      assertThat(read()).isEqualTo("saved");
    }
    assertThat(save()).as("what runs lies nowhere").isEmptyDirectory();
    String id = RunningPair.status(node).ownership().registerId();
    assertThat(RunningPair.kept(id)).as("nor is its memory of before kept").isEqualTo(1);
  }

  /** What was acknowledged after it went on would be lost. */
  @Test
  void shouldNeverGoOnTwiceWithWhatWasSavedOnce() throws Exception {
    stop();
    start();
    RunningPair.awaitState(node, NodeState.SOLO);
    write("later");
    node.kill();
    assertThat(node.diedOfKill(RunningPair.TIMEOUT_MS)).isTrue();
    start();
    assertThat(node.awaitExit(RunningPair.TIMEOUT_MS)).isEqualTo(ExitCode.REFUSED);
    assertThat(node.output()).contains("ran here alone");
  }

  @Test
  void shouldKeepTheGuestWhenItCannotBeReadAndGoOnOnceItCan() throws Exception {
    stop();
    Path memory = save().resolve("memory");
    byte[] right = Files.readAllBytes(memory);
    byte[] wrong = right.clone();
    wrong[0] ^= 1;
    Files.write(memory, wrong);
    start();
    assertThat(node.awaitExit(RunningPair.TIMEOUT_MS)).isEqualTo(ExitCode.REFUSED);
    assertThat(node.output()).contains("is not what was written");

    Path elsewhere = Files.move(save(), directory.resolve("elsewhere"));
    start();
    assertThat(node.awaitExit(RunningPair.TIMEOUT_MS)).isEqualTo(ExitCode.REFUSED);
    assertThat(node.output()).contains("node.saveDirectory", "--start-empty");

    Files.move(elsewhere, save());
    Files.write(memory, right);
    start();
    RunningPair.awaitState(node, NodeState.SOLO);
    assertThat(read()).isEqualTo("saved");
  }
}
