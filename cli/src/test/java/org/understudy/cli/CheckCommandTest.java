package org.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.understudy.lab.judge.HistoryBuilder;
import org.understudy.lab.judge.HistoryReader;
import org.understudy.lab.judge.HistoryWriter;
import org.understudy.lab.judge.LoadCommand;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;

class CheckCommandTest {
  @TempDir private Path directory;

  private Path write(HistoryBuilder history) throws IOException {
    Path file = directory.resolve("history.jsonl");
    try (HistoryWriter writer = new HistoryWriter(file)) {
      history.write(writer);
    }
    return file;
  }

  private static HistoryBuilder legal() {
    return new HistoryBuilder()
        .incr(1)
        .append("\u00ff\"quoted\"\n", 10)
        .set("one")
        .get("r", "one")
        .get("nothing", null)
        .unknown("r", LoadCommand.SET, "two")
        .last("c", "1")
        .last("a", "\u00ff\"quoted\"\n")
        .last("r", "two")
        .last("nothing", null);
  }

  @Test
  void shouldPassWhenTheWrittenHistoryIsLegal() throws IOException {
    Captured run = Captured.run("check", write(legal()).toString());
    assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(run.out()).contains("verdict: ok").contains("6 operations");
  }

  @Test
  void shouldPrintJsonAloneWhenAsked() throws IOException {
    Path file = write(legal().incr(1).last("c", "1"));
    Captured run = Captured.run("check", "--json", file.toString());
    assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(json.path("verdict").asText()).isEqualTo("failed");
    assertThat(json.path("lost").asInt()).isEqualTo(1);
    assertThat(json.path("findings").get(0).asText()).contains("INCR c");
  }

  @Test
  void shouldSayThatOnlyTheRepliesWereJudgedWithoutAFinalRead() throws IOException {
    Captured run = Captured.run("check", write(new HistoryBuilder().incr(1)).toString());
    assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(run.out()).contains("no final read");
    assertThat(Captured.run("check", write(legal()).toString()).out()).doesNotContain("final read");
  }

  @Test
  void shouldFailInOneLineWhenTheFileIsADirectory() {
    Captured run = Captured.run("check", directory.toString());
    assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).hasLineCount(1).contains("cannot be read");
  }

  @Test
  void shouldFailInOneLineWhenThereIsNoFile() {
    Captured run = Captured.run("check", "--json", directory.resolve("none").toString());
    assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).hasLineCount(1).contains("cannot be read");
    assertThat(run.out()).contains("\"verdict\":\"failed\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "nonsense | line 1 is not JSON",
        "{} | line 1 has no 'key'",
        "{\"key\":\"k\",\"command\":\"DEL\"} | line 1 has command DEL",
        "{\"key\":\"k\",\"command\":\"SET\"} | line 1 has no value for SET",
        "{\"key\":\"k\",\"command\":\"INCR\",\"connection\":\"x\"} | 'connection' that is no whole",
        "{\"key\":\"k\",\"command\":\"INCR\",\"connection\":1,\"id\":1,\"invokeNs\":9,\"returnNs\":8}"
            + " | returns before",
      })
  void shouldNameTheLineWhenItIsBad(String line, String message) throws IOException {
    Path file = Files.writeString(directory.resolve("bad.jsonl"), line + "\n");
    assertThatThrownBy(() -> HistoryReader.read(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message.strip());
  }
}
