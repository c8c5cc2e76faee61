package org.understudy.vm.qemu.extra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.vm.CountingGuest;
import org.understudy.vm.disk.Seeds;

/** What is taken for read-only, QEMU itself takes for read-only. */
final class ExtraImagesOfQemuTest {
  private static final int IMAGES = 40;

  @TempDir private Path folder;

  @Test
  void shouldTakeOnlyImagesThatQemuDoesNotWrite() throws IOException {
    CountingGuest.assumeQemu();
    Random random = new Random(Seeds.next(ExtraImagesOfQemuTest.class));
    List<String> arguments = new ArrayList<>();
    for (int i = 0; i < IMAGES; ) {
      List<String> image = image(new Spelling(random), i, random.nextBoolean());
      if (isTaken(image)) {
        arguments.addAll(image);
        i++;
      }
    }
    List<JsonNode> nodes = new ArrayList<>();
    blockNodes(arguments).forEach(nodes::add);
    assertThat(nodes).hasSizeGreaterThanOrEqualTo(IMAGES);
    assertThat(nodes)
        .as("%s", arguments)
        .allSatisfy(node -> {
          assertThat(node.path("ro").asBoolean()).as(node.toString()).isTrue();
          assertThat(node.path("cache").path("direct").asBoolean()).isFalse();
        });
  }

  private List<String> image(Spelling spelling, int number, boolean isDrive) throws IOException {
    Path file = Files.write(folder.resolve("a," + number + "=b"), new byte[65_536]);
    Map<String, String> pairs = new TreeMap<>();
    if (isDrive) {
      pairs.put("file", file.toString());
      pairs.put("if", "none");
      pairs.put("id", "d" + number);
      pairs.put("format", "raw");
      pairs.put(
          spelling.pick("readonly", "read-only", "media", "cache"),
          spelling.pick(spelling.on(), spelling.off(), "cdrom", "none", "writeback"));
      return List.of(spelling.dashed("drive"), spelling.value(pairs, "", false));
    }
    pairs.put("driver", "raw");
    pairs.put("node-name", "n" + number);
    pairs.put("file.driver", "file");
    pairs.put("file.filename", file.toString());
    pairs.put(
        spelling.pick("read-only", "auto-read-only", "file.read-only", "cache.direct"),
        spelling.pick("true", "false"));
    pairs.put("read-only", spelling.pick("true", "false"));
    String value = spelling.value(pairs, "driver", true);
    boolean isJson = value.startsWith("{");
    return List.of(
        spelling.dashed("blockdev"),
        isJson ? value : value.replace("=true", "=on").replace("=false", "=off"));
  }

  private static boolean isTaken(List<String> image) {
    try {
      ExtraArguments.of(image);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static JsonNode blockNodes(List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("qemu-system-x86_64", "-nodefaults", "-display", "none", "-S", "-qmp"));
    command.add("stdio");
    command.addAll(arguments);
    Process qemu =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader answers = qemu.inputReader(StandardCharsets.UTF_8)) {
      qemu.getOutputStream()
          .write(
              ("{\"execute\":\"qmp_capabilities\"}"
                      + "{\"execute\":\"query-named-block-nodes\",\"arguments\":{\"flat\":true}}"
                      + "{\"execute\":\"quit\"}")
                  .getBytes(StandardCharsets.UTF_8));
      qemu.getOutputStream().flush();
      ObjectMapper json = new ObjectMapper();
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        JsonNode answer = json.readTree(line).path("return");
        if (answer.isArray()) {
          return answer;
        }
      }
      throw new IOException("QEMU told nothing about its images: " + arguments);
    } finally {
      qemu.destroyForcibly();
    }
  }
}
