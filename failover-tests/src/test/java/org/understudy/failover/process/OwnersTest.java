package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.cli.Main;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.node.program.ExitCode;
import org.understudy.node.status.NodeState;
import redis.clients.jedis.Jedis;

/** What operators do to a pair costs no guest, and makes no second owner. */
@Timeout(300)
class OwnersTest {
  @TempDir Path directory;

  @Test
  void shouldTakeTheGuestOverAndSaveItWhenTheBackupIsTerminatedWhileThePrimaryIsSilent()
      throws IOException, InterruptedException {
    try (RunningPair running = new RunningPair(directory);
        Jedis client = RunningPair.jedis(running.pair.backupFront())) {
      client.set("key", "value");
      NodeProcess backup = running.pair.backup();
      running.pair.primary().signal("STOP");
      backup.signal("TERM");
      // It takes over, is still to stop, and nobody else has the guest.
      assertThat(backup.awaitExit(RunningPair.TIMEOUT_MS))
          .as(backup.output())
          .isEqualTo(ExitCode.OK);
      assertThat(RunningPair.status(backup).takeovers()).hasSize(1);
      assertThat(RunningPair.status(backup).state()).isEqualTo(NodeState.SAVED);
      running.pair.primary().signal("CONT");
      assertThat(running.pair.primary().awaitExit(RunningPair.TIMEOUT_MS))
          .isEqualTo(ExitCode.FENCED);
      assertThat(running.pair.primary().output()).contains("start this node as its backup");
      try (NodeProcess next =
          NodeProcess.start(
              "b", backup.directory(), primaryConfig(backup.directory()), List.of())) {
        RunningPair.awaitState(next, NodeState.SOLO);
        try (Jedis again = RunningPair.jedis(running.pair.backupFront())) {
          assertThat(again.get("key")).isEqualTo("value");
        }
      }
    }
  }

  @Test
  void shouldLeaveAtOnceWhenTheBackupIsTerminatedTwiceWhileThePrimaryIsSilent()
      throws IOException, InterruptedException {
    try (RunningPair running =
        new RunningPair(
            directory,
            "detect { timeout = 100 s, primaryTimeout = 150 s }",
            "commit.timeout = 200 s")) {
      NodeProcess backup = running.pair.backup();
      running.pair.primary().signal("STOP");
      backup.signal("TERM");
      Await.until(
          "resigns",
          RunningPair.TIMEOUT_MS,
          () -> RunningPair.status(backup).reason().contains("a second time"));
      assertThat(backup.isAlive()).isTrue();
      assertThat(backup.stop(RunningPair.TIMEOUT_MS)).as(backup.output()).isEqualTo(ExitCode.OK);
      running.pair.primary().signal("CONT");
      RunningPair.awaitState(running.pair.primary(), NodeState.SOLO);
    }
  }

  @Test
  void shouldRefuseToStartEmptyBesideAnOwnerThatAnswers() throws IOException, InterruptedException {
    try (RunningPair running = new RunningPair(directory)) {
      NodeProcess owner = running.pair.primary();
      running.pair.backup().stop(RunningPair.TIMEOUT_MS);
      RunningPair.awaitState(owner, NodeState.SOLO);
      try (NodeProcess other =
          NodeProcess.start(
              "b",
              running.pair.backup().directory(),
              primaryConfig(running.pair.backup().directory()),
              List.of(),
              "--start-empty")) {
        assertThat(other.awaitExit(RunningPair.TIMEOUT_MS)).isEqualTo(ExitCode.REFUSED);
        assertThat(other.output()).contains("a#", "which the register names, answers");
      }
      assertThat(RunningPair.status(owner).state()).isEqualTo(NodeState.SOLO);
      try (Jedis client = RunningPair.jedis(running.pair.primaryFront())) {
        assertThat(client.set("key", "value")).isEqualTo("OK");
      }
    }
  }

  @Test
  void shouldStopTheGuestOnBothNodesWhenItIsGivenUpByHand()
      throws IOException, InterruptedException {
    try (RunningPair running = new RunningPair(directory)) {
      NodeProcess primary = running.pair.primary();
      NodeProcess backup = running.pair.backup();
      List<String> command = new ArrayList<>(JavaCommand.of(Main.class, directory));
      command.addAll(List.of("register", "--config", configOf(primary.directory()).toString()));
      command.addAll(
          List.of(
              "--give-up", Long.toString(RunningPair.status(primary).ownership().generation())));
      Process given = new ProcessBuilder(command).inheritIO().start();
      assertThat(given.waitFor()).isEqualTo(ExitCode.OK);
      assertThat(primary.awaitExit(RunningPair.TIMEOUT_MS))
          .as(primary.output())
          .isEqualTo(ExitCode.FENCED);
      assertThat(backup.awaitExit(RunningPair.TIMEOUT_MS))
          .as(backup.output())
          .isEqualTo(ExitCode.OK);
      running.pair.startPrimary(List.of());
      RunningPair.awaitState(running.pair.primary(), NodeState.SOLO);
    }
  }

  /** The backup's configuration, as it is, for a primary. */
  private Path primaryConfig(Path ofNode) throws IOException {
    Path config = configOf(ofNode);
    Path changed = directory.resolve("changed.conf");
    return Files.writeString(
        changed, Files.readString(config) + System.lineSeparator() + "node.role = primary\n");
  }

  private Path configOf(Path ofNode) throws IOException {
    try (var files = Files.walk(directory)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".conf"))
          .filter(file -> contains(file, "node.directory = \"" + ofNode + "\""))
          .findFirst()
          .orElseThrow();
    }
  }

  private static boolean contains(Path file, String text) {
    try {
      return Files.readString(file).contains(text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void shouldRefuseABackupWithAnotherArbiterDirectoryAndNameBoth()
      throws IOException, InterruptedException {
    try (RunningPair running = new RunningPair(directory)) {
      NodeProcess owner = running.pair.primary();
      running.pair.backup().stop(RunningPair.TIMEOUT_MS);
      RunningPair.awaitState(owner, NodeState.SOLO);
      Path elsewhere = directory.resolve("elsewhere");
      Path config = configOf(running.pair.backup().directory());
      Path changed = directory.resolve("changed.conf");
      Files.writeString(
          changed, Files.readString(config) + "\narbiter.dir = \"" + elsewhere + "\"\n");
      try (NodeProcess other =
          NodeProcess.start("b", running.pair.backup().directory(), changed, List.of())) {
        assertThat(other.awaitExit(RunningPair.TIMEOUT_MS)).isEqualTo(ExitCode.REFUSED);
        assertThat(other.output())
            .contains(elsewhere.toString(), directory.resolve("arbiter").toString());
      }
      assertThat(RunningPair.status(owner).ownership().mode()).isEqualTo("solo");
    }
  }
}
