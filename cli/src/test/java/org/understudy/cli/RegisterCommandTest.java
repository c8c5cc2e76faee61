package org.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.node.arbiter.FileArbiter;
import org.understudy.node.program.ExitCode;
import org.understudy.pair.arbiter.Arbiter;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

class RegisterCommandTest {
  private static final NodeId A = new NodeId("a", 0x12);
  private static final NodeId B = new NodeId("b", 0x34);

  @TempDir private Path directory;
  private Path configuration;

  @BeforeEach
  void configure() throws IOException {
    configuration =
        Files.writeString(
            directory.resolve("a.conf"),
            """
            node { name = a, role = primary, directory = a }
            self { replication = "127.0.0.1:1001", monitor = "127.0.0.1:1002", front = "127.0.0.1:1003" }
            peer { replication = "127.0.0.1:2001", monitor = "127.0.0.1:2002", front = "127.0.0.1:2003" }
            arbiter.dir = arbiter
            """);
  }

  private Captured register(String... more) {
    String[] arguments = new String[3 + more.length];
    arguments[0] = "register";
    arguments[1] = "--config";
    arguments[2] = configuration.toString();
    System.arraycopy(more, 0, arguments, 3, more.length);
    return Captured.run(arguments);
  }

  private void write(Register register) throws IOException {
    try (Arbiter arbiter = new FileArbiter(directory.resolve("arbiter"))) {
      assertThat(arbiter.compareAndSet(register)).isTrue();
    }
  }

  @Test
  void shouldTellWhoOwnsTheGuestAndWriteNothing() throws IOException {
    Register first = new Register(0xabc, 1, new Ownership.Solo(A));
    write(first);
    assertThat(register().out())
        .contains("arbiter     file " + directory.resolve("arbiter"))
        .contains("register    abc, solo(a#12) at generation 1");
    write(first.next(new Ownership.Protected(A, B)));
    Captured run = register("--json");
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(run.err()).isEmpty();
    for (Map.Entry<String, String> field :
        Map.of(
                "mode", "protected",
                "registerId", "abc",
                "generation", "2",
                "primary", "a#12",
                "backup", "b#34")
            .entrySet()) {
      assertThat(json.path(field.getKey()).asText()).as(field.getKey()).isEqualTo(field.getValue());
    }
  }

  @Test
  void shouldSayThatNothingWasEverWritten() throws IOException {
    assertThat(register().out()).contains("register    nothing was ever written");
    Captured run = register("--json");
    assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(new ObjectMapper().readTree(run.out()).path("mode").asText()).isEqualTo("none");
  }

  @Test
  void shouldSayInOneLineWhyItCannotBeRead() {
    Captured run =
        register(
            "--set",
            "node.pair=shop",
            "--set",
            "arbiter.kind=etcd",
            "--set",
            "arbiter.endpoints=[\"127.0.0.1:1\"]");
    assertThat(run.exitCode()).isEqualTo(ExitCode.ARBITER_UNREACHABLE);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .hasLineCount(1)
        .contains("the register cannot be read", "127.0.0.1:1", "nothing listens there");
  }
}
