package org.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.node.program.ExitCode;

class MainTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "node",
        "status",
        "register",
        "switchover",
        "check",
        "bench",
        "config",
        "keygen"
      })
  void shouldPrintHelpWhenAsked(String command) {
    Captured run = Captured.run(command, "--help");
    assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(run.out()).contains("understudy " + command);
    assertThat(run.err()).isEmpty();
  }

  @Test
  void shouldListEveryCommandWhenNoneIsAskedFor() {
    for (String[] arguments : new String[][] {{"--help"}, {"--verbose", "-h"}}) {
      assertThat(Captured.run(arguments).out())
          .containsSubsequence(
              "  demo ",
              "  node ",
              "  status ",
              "  register ",
              "  switchover ",
              "  check ",
              "  bench ",
              "  config ",
              "  keygen ",
              "  doctor ");
    }
  }

  @Test
  void shouldFindTheCommandBehindOptionsOfTheProgram() {
    Captured run = Captured.run("--verbose", "check", "/none");
    assertThat(run.err()).contains("/none").contains("\tat ");
    assertThat(Captured.run("demo", "vm", "--help").out()).contains("understudy demo vm");
  }

  @Test
  void shouldPrintTheVersionOfTheBuild() {
    assertThat(Captured.run("--version").out()).matches("understudy \\d+\\.\\d+.*\\R");
  }

  @Test
  void shouldSayWhatIsWrongInOneLineWhenUsageIsWrong() {
    for (String[] arguments :
        new String[][] {
          {},
          {"nonsense"},
          {"node"},
          {"bench"},
          {"keygen", "a"},
          {"demo", "--connections", "x"},
          {"demo", "--connections", "0"},
          {"demo", "--epoch", "5"},
          {"demo", "--preset", "xen"}
        }) {
      Captured run = Captured.run(arguments);
      assertThat(run.exitCode()).as(String.join(" ", arguments)).isEqualTo(ExitCode.USAGE);
      assertThat(run.err()).hasLineCount(1).startsWith("understudy: ");
      assertThat(run.out()).isEmpty();
    }
  }

  @Test
  void shouldNameTheKeyWhenTheConfigurationIsInvalid() throws IOException {
    Path file = Files.writeString(directory.resolve("a.conf"), "epoch.maxx = 1 s");
    for (String command : new String[] {"config", "node"}) {
      Captured run =
          command.equals("node")
              ? Captured.run("node", "--config", file.toString())
              : Captured.run("config", file.toString());
      assertThat(run.exitCode()).isEqualTo(ExitCode.CONFIGURATION_INVALID);
      assertThat(run.err()).hasLineCount(1).contains("epoch.maxx").contains("epoch.max'");
    }
  }

  @Test
  void shouldShowStackTracesOnlyWhenVerbose() {
    assertThat(Captured.run("check", "/none").err()).doesNotContain("\tat ");
    assertThat(Captured.run("check", "--verbose", "/none").err()).contains("\tat ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "vm-a", "vm-b"})
  void shouldAcceptTheExamples(String name) {
    Captured run = Captured.run("config", "../examples/" + name + ".conf");
    String node = name.replace("vm-", "");
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(run.out())
        .contains("node.name = \"" + node + "\"", "node.role = auto")
        .contains("preset = understudy");
  }

  @Test
  void shouldPrintJsonAloneWhenTheDemoIsAskedForItAndCannotStart() throws IOException {
    List<String[]> wrong =
        List.of(
            new String[] {"demo", "--json", "--no-such-option"},
            new String[] {"demo", "--json", "--preset", "nonsense"},
            new String[] {"demo", "--json", "--duration", "10ms"},
            new String[] {"demo", "--json", "--record", "/no-such-directory/file"});
    for (String[] arguments : wrong) {
      Captured run = Captured.run(arguments);

      JsonNode json = new ObjectMapper().readTree(run.out());
      assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.USAGE);
      assertThat(json.path("verdict").asText()).isEqualTo("failed");
      assertThat(json.path("failures").size()).isEqualTo(1);
      assertThat(json.path("typeOneDowntimeMs").path("total").isNumber()).isTrue();
      assertThat(run.err()).contains(json.path("failures").path(0).asText());
    }
  }
}
