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

  /** Pairs of changes: the register keeps sixteen changes. */
  private static final int MORE_THAN_KEPT = 20;

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
  void shouldTellWhatWasWrittenBeforeAndWhen() throws IOException {
    Register register = new Register(0xabc, 1, new Ownership.Solo(A));
    write(register);
    for (int i = 0; i < MORE_THAN_KEPT; i++) {
      register = register.next(new Ownership.Protected(A, B));
      write(register);
      register = register.next(new Ownership.Solo(B));
      write(register);
    }
    assertThat(register().out()).doesNotContain("before");
    assertThat(register("--history").out().lines())
        .filteredOn(line -> line.matches(".*\\d{4}-\\d\\d-\\d\\dT[0-9:]+Z.*"))
        .hasSize(16)
        .anyMatch(line -> line.startsWith("before ") && line.endsWith("at generation 40"))
        .last(org.assertj.core.api.InstanceOfAssertFactories.STRING)
        .endsWith("protected(a#12, b#34) at generation 26");
    JsonNode json = new ObjectMapper().readTree(register("--history", "--json").out());
    assertThat(json.path("generation").asInt()).isEqualTo(41);
    assertThat(json.path("before")).hasSize(15);
    assertThat(json.path("before").get(0).path("mode").asText()).isEqualTo("protected");
    assertThat(json.path("before").get(0).path("backup").asText()).isEqualTo("b#34");
  }

  @Test
  void shouldReadARegisterThatTellsNothingOfTheTimeBefore() throws IOException {
    Files.createDirectory(directory.resolve("arbiter"));
    Files.writeString(
        directory.resolve("arbiter/register-1"),
        """
        {"register":{"format":1,"registerId":"abc","generation":1,"mode":"ended"},"crc32c":"db5445e2"}
        """);
    assertThat(register("--history").out()).contains("ended at generation 1", "at a time unknown");
    write(new Register(0xabc, 2, new Ownership.Solo(A)));
    assertThat(register("--history").out()).contains("at a time unknown     ended at generation 1");
  }

  @Test
  void shouldGiveTheGuestUpOverExactlyTheGenerationThatIsNamed() throws IOException {
    write(new Register(0xabc, 1, new Ownership.Solo(A)));
    Captured other = register("--give-up", "2");
    assertThat(other.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(other.err()).hasLineCount(1).contains("solo(a#12) at generation 1", "look again");
    assertThat(register("--give-up", "1").out()).contains("abc, ended at generation 2");
    Captured again = register("--give-up", "2");
    assertThat(again.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(again.err()).contains("no guest to give up", "ended at generation 2");
  }

  @Test
  void shouldMakeNoDirectoryWhereItOnlyLooks() {
    Captured run = register();
    assertThat(run.exitCode()).isEqualTo(ExitCode.ARBITER_UNREACHABLE);
    assertThat(run.err())
        .hasLineCount(1)
        .contains(directory.resolve("arbiter").toString(), "not mounted");
    assertThat(directory.resolve("arbiter")).doesNotExist();
  }

  @Test
  void shouldSayThatNothingWasEverWritten() throws IOException {
    Files.createDirectory(directory.resolve("arbiter"));
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
