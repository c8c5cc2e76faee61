package org.understudy.lab.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeProcessTest {
  private static final long TIMEOUT_MS = 60_000;

  @TempDir Path directory;

  /** In place of a node a program that says something and ends. */
  private NodeProcess run(String script) throws Exception {
    List<String> prefix = List.of("sh", "-c", script, "node");
    NodeProcess process = NodeProcess.start("a", directory, directory.resolve("a.conf"), prefix);
    assertThat(process.awaitExit(TIMEOUT_MS)).isNotNegative();
    return process;
  }

  /** What an earlier process said is no sign of how far a later one has come. */
  @Test
  void shouldTellWhatAProcessHasSaidFromWhatEarlierOnesInItsDirectoryHave() throws Exception {
    NodeProcess first = run("echo the first one is ready");
    NodeProcess second = run("echo I am the second");
    NodeProcess silent = run("exit 3");

    assertThat(first.output()).startsWith("the first one is ready\n");
    assertThat(second.output()).isEqualTo("I am the second\n");
    assertThat(silent.output()).isEmpty();
    assertThat(silent.diedError()).hasMessage("node a ended with exit code 3: it said nothing");
  }

  /** Else each line of its log would be there twice. */
  @Test
  void shouldLeaveTheNodesOwnLogToTheNode() throws Exception {
    run("echo ready");

    assertThat(Files.exists(directory.resolve("node.log"))).isFalse();
  }
}
