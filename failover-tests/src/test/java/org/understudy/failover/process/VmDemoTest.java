package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.cli.Main;
import org.understudy.node.program.ExitCode;

/** The demo with a virtual machine, as a program reads it: two kills of a guest with a disk. */
@Timeout(600)
class VmDemoTest {
  @TempDir Path directory;

  @Test
  void shouldLoseNothingOverTwoKills() throws Exception {
    Path output = directory.resolve("demo.json");
    int code =
        demo(output, "--kills=2", "--seconds=6", "--memory=256MiB", "--disk=1MiB", "--verify");
    JsonNode json = new ObjectMapper().readTree(output.toFile());
    assumeTrue(code != ExitCode.REFUSED, json.path("failures").toString());

    assertThat(json.path("failures")).isEmpty();
    assertThat(code).isEqualTo(ExitCode.OK);
    assertThat(json.path("verdict").asText()).isEqualTo("ok");
    assertThat(json.path("missing")).isEmpty();
    assertThat(json.path("takeovers").asInt()).isEqualTo(2);
    assertThat(json.path("kills")).hasSize(2);
    assertThat(json.path("accelerator").asText()).isEqualTo("tcg");
    assertThat(json.at("/guestBootId/before")).isEqualTo(json.at("/guestBootId/after"));
    assertThat(json.at("/workloads/disk/records").asLong()).isPositive();
    assertThat(json.at("/claimToRunningMs").asDouble()).isPositive();
    assertThat(json.at("/imageVerified/samples").asInt()).isPositive();
    assertThat(json.at("/imageVerified/mismatches").asInt()).isZero();
    assertThat(namespaces()).isEmpty();
  }

  /** The client's process writes to what this one's child writes to, so it must be a file. */
  private int demo(Path output, String... options) throws IOException, InterruptedException {
    List<String> command = JavaCommand.of(Main.class, directory);
    command.addAll(List.of("demo", "vm", "--json", "--accelerator=tcg", "--rate=300"));
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(output.toFile())
            .start();
    demoPid = process.pid();
    try {
      return process.waitFor();
    } finally {
      process.destroyForcibly();
    }
  }

  private long demoPid;

  private List<String> namespaces() throws IOException {
    try (var entries = Files.list(Path.of("/run/netns"))) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.startsWith("us-" + demoPid + "-"))
          .toList();
    }
  }
}
