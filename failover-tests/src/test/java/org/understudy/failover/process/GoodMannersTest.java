package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.lab.pair.DemoPair;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.PairLayout;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.program.ExitCode;
import redis.clients.jedis.Jedis;

/** What a node leaves behind, what it shares the machine with, and what it says. */
@Timeout(300)
class GoodMannersTest {
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  @TempDir Path directory;

  @Test
  void shouldRemoveWhatKilledNodesLeftWhenTheNextNodeStarts()
      throws IOException, InterruptedException {
    List<String> dead;
    try (RunningPair killed = new RunningPair(directory.resolve("killed"))) {
      dead = incarnations(killed.pair);
      killed.pair.primary().signal("STOP");
      killed.pair.backup().kill();
      killed.pair.primary().kill();
      assertThat(killed.pair.backup().diedOfKill(RunningPair.TIMEOUT_MS)).isTrue();
      assertThat(killed.pair.primary().diedOfKill(RunningPair.TIMEOUT_MS)).isTrue();
      assertThat(leftBy(dead)).as("a killed node leaves something").isNotEmpty();

      killed.pair.startBackup();
      killed.pair.startPrimary(List.of(), "--start-empty");
      killed.awaitProtected();

      assertThat(leftBy(dead)).isEmpty();
      assertThat(Files.readString(killed.pair.primary().directory().resolve("node.pid")).strip())
          .isEqualTo(Long.toString(killed.pair.primary().pid()));
      List<String> living = incarnations(killed.pair);
      killed.pair.primary().endGuest(RunningPair.TIMEOUT_MS);
      killed.pair.backup().awaitExit(RunningPair.TIMEOUT_MS);
      assertThat(leftBy(living)).as("an orderly end leaves nothing").isEmpty();
    }
  }

  private static List<String> incarnations(DemoPair pair) throws IOException {
    return List.of(
        pair.primary().status().orElseThrow().incarnation(),
        pair.backup().status().orElseThrow().incarnation());
  }

  /** Directories of links are named after the incarnation of their node. */
  private static List<Path> leftBy(List<String> incarnations) throws IOException {
    try (Stream<Path> entries = Files.list(SHARED_MEMORY)) {
      return entries
          .filter(entry -> entry.getFileName().toString().startsWith("understudy"))
          .filter(entry ->
              incarnations.stream()
                  .anyMatch(incarnation -> entry.getFileName().toString().endsWith(incarnation)))
          .toList();
    }
  }

  @Test
  void shouldRunTwoPairsSideBySide() throws IOException, InterruptedException {
    try (RunningPair one = new RunningPair(directory.resolve("one"));
        RunningPair two = new RunningPair(directory.resolve("two"));
        Jedis ofOne = RunningPair.jedis(one.pair.backupFront());
        Jedis ofTwo = RunningPair.jedis(two.pair.backupFront())) {
      ofOne.set("key", "one");
      ofTwo.set("key", "two");

      one.pair.primary().kill();
      RunningPair.awaitTakeover(one.pair.backup());

      assertThat(ofOne.get("key")).isEqualTo("one");
      assertThat(ofTwo.get("key")).isEqualTo("two");
      assertThat(RunningPair.status(two.pair.backup()).takeovers()).isEmpty();
      assertThat(two.pair.primary().isAlive()).isTrue();
    }
  }

  @Test
  void shouldRefuseInOneLineWhenAPortIsUsed() throws IOException, InterruptedException {
    PairLayout layout = new PairLayout(directory, RunningPair.settings());
    PairLayout.Place place = PairLayout.Place.B;
    Path file = layout.write(place, NodeConfig.Role.BACKUP);
    try (ServerSocket used = new ServerSocket()) {
      used.bind(layout.front(place));
      try (NodeProcess node = NodeProcess.start("b", layout.directory(place), file, List.of())) {
        int code = node.awaitExit(RunningPair.TIMEOUT_MS);

        assertThat(code).isEqualTo(ExitCode.REFUSED);
        assertThat(node.output().lines().filter(line -> !line.startsWith("WARNING: Using incub")))
            .singleElement()
            .asString()
            .contains("self.front", Integer.toString(used.getLocalPort()), "cannot be bound");
        assertThat(node.status()).as("nothing was started").isEmpty();
        assertThat(layout.directory(place).resolve("node.pid")).doesNotExist();
      }
    }
  }

  @Test
  void shouldSayWhatEndedANodeThatWasKilled() throws IOException, InterruptedException {
    PairLayout layout = new PairLayout(directory, RunningPair.settings());
    PairLayout.Place place = PairLayout.Place.B;
    Path file = layout.write(place, NodeConfig.Role.BACKUP);
    try (NodeProcess node = NodeProcess.start("b", layout.directory(place), file, List.of())) {
      Await.until("its first words", RunningPair.TIMEOUT_MS, () -> !node.output().isEmpty());
      node.kill();
      node.awaitExit(RunningPair.TIMEOUT_MS);

      assertThat(node.diedError())
          .hasMessageContaining("node b was killed by SIGKILL")
          .hasMessageNotContaining("incubator");
    }
  }
}
