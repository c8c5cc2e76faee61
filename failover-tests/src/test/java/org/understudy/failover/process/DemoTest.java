package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.cli.Main;
import org.understudy.lab.pair.TakeoverParts;
import org.understudy.node.program.ExitCode;

/** The whole demo, as a program reads it. */
@Timeout(300)
class DemoTest {
  private static final List<String> NUMBERS =
      List.of(
          "/seed",
          "/connections",
          "/killedPid",
          "/killAtMs",
          "/takeovers",
          "/generation",
          "/operations/sent",
          "/operations/acknowledged",
          "/operations/unknown",
          "/operations/afterTakeover",
          "/operations/perSecond",
          "/lost",
          "/duplicated",
          "/reordered",
          "/brokenConnections",
          "/typeOneDowntimeMs/total",
          "/pauseUs/p50",
          "/pauseUs/p99",
          "/pauseUs/max",
          "/addedLatencyUs/p50",
          "/addedLatencyUs/p99",
          "/epochs",
          "/initialCopyBytes",
          "/dirtyPageBytes",
          "/wireBytes",
          "/inputBytes",
          "/cowPages");

  @TempDir Path directory;

  @Test
  void shouldVerifyRecordAndTellEverythingInOneJsonObject() throws IOException {
    Path record = directory.resolve("operations");
    String out =
        stdout(
            ExitCode.OK,
            "demo",
            "--json",
            "--verify",
            "--duration=2s",
            "--memory=96MiB",
            "--connections=20",
            "--record=" + record);

    JsonNode json = new ObjectMapper().readTree(out);
    assertThat(json.path("verdict").asText()).as(out).isEqualTo("ok");
    assertThat(json.path("verify").path("epochs").asInt()).isGreaterThanOrEqualTo(10);
    assertThat(json.path("verify").path("mismatches").isEmpty()).isTrue();
    assertThat(json.path("preset").asText()).isEqualTo("understudy");
    assertThat(json.path("epochMode").asText()).isEqualTo("adaptive");
    for (String number : NUMBERS) {
      assertThat(json.at(number).isNumber()).as(number).isTrue();
    }
    double parts = 0;
    for (String part : TakeoverParts.NAMES) {
      parts += json.at("/typeOneDowntimeMs/" + part).asDouble();
    }
    assertThat(parts).isCloseTo(json.at("/typeOneDowntimeMs/total").asDouble(), within());
    long bytes = 0;
    for (JsonNode ofClass : json.path("wireBytesByClass")) {
      bytes += ofClass.asLong();
    }
    assertThat(bytes).isEqualTo(json.path("wireBytes").asLong()).isPositive();
    assertThat(stdout(ExitCode.OK, "check", record.toString())).contains("verdict: ok");
  }

  @Test
  void shouldEndInOrderAndKeepNothingWhenItIsInterrupted()
      throws IOException, InterruptedException {
    List<String> command = JavaCommand.of(Main.class, directory);
    command.addAll(List.of("demo", "--json", "--memory=64MiB"));
    Path out = Files.createTempFile("understudy", "demo");
    Process demo =
        new ProcessBuilder(command).redirectErrorStream(false).redirectOutput(out.toFile()).start();
    try (BufferedReader err = demo.errorReader(StandardCharsets.UTF_8)) {
      String line = err.readLine();
      while (line != null && !line.contains("protected; clients connect")) {
        line = err.readLine();
      }
      assertThat(line).as("it comes to its load").isNotNull();

      // Process.destroy would close the stream that is read.
      demo.toHandle().destroy();

      err.transferTo(Writer.nullWriter());
      assertThat(demo.waitFor()).isEqualTo(ExitCode.INTERRUPTED);
      JsonNode json = new ObjectMapper().readTree(Files.readString(out));
      assertThat(json.path("verdict").asText()).isEqualTo("failed");
      assertThat(json.path("failures").path(0).asText()).isEqualTo("interrupted");
      try (Stream<Path> left = Files.list(directory)) {
        assertThat(left.filter(path -> path.getFileName().toString().contains("demo"))).isEmpty();
      }
    } finally {
      demo.destroyForcibly();
      Files.delete(out);
    }
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(0.001);
  }

  private static String stdout(int wantedCode, String... arguments) {
    PrintStream out = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      int code = Main.execute(arguments);
      assertThat(code).as(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(wantedCode);
    } finally {
      System.setOut(out);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
