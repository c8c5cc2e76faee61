package org.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.node.program.ExitCode;
import org.understudy.node.seal.KeyFile;
import org.understudy.node.seal.PairKey;

class KeygenCommandTest {
  @TempDir private Path directory;

  private Path file(String name) {
    return directory.resolve(name);
  }

  private Captured keygen(Path file, String... more) {
    String[] arguments = new String[5 + more.length];
    System.arraycopy(
        new String[] {"keygen", "a", "b", "--out", file.toString()}, 0, arguments, 0, 5);
    System.arraycopy(more, 0, arguments, 5, more.length);
    return Captured.run(arguments);
  }

  private static void assertHidden(PairKey key, Captured run) {
    assertThat(run.out() + run.err())
        .doesNotContain(
            Base64.getEncoder().encodeToString(key.secret()),
            HexFormat.of().formatHex(key.secret()));
  }

  @Test
  void shouldWriteAKeyAndSayWhatToDoWithIt() throws IOException {
    Captured run = keygen(file("pair.key"));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    assertThat(run.err()).isEmpty();
    PairKey key = KeyFile.read(file("pair.key"));
    assertThat(key.first() + " " + key.second()).isEqualTo("a b");
    assertThat(run.out())
        .hasLineCount(2)
        .contains(file("pair.key").toString(), key.id(), "both nodes", "wire.keys");
    assertHidden(key, run);
    assertThat(Files.getPosixFilePermissions(file("pair.key")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void shouldPrintJsonAlone() throws IOException {
    Captured run = keygen(file("pair.key"), "--json");
    JsonNode json = new ObjectMapper().readTree(run.out());
    PairKey key = KeyFile.read(file("pair.key"));
    assertThat(json)
        .isEqualTo(
            new ObjectMapper()
                .createObjectNode()
                .put("file", file("pair.key").toString())
                .put("id", key.id())
                .set("nodes", new ObjectMapper().createArrayNode().add("a").add("b")));
    assertHidden(key, run);
  }

  @Test
  void shouldMakeAnotherKeyEachTime() {
    keygen(file("1.key"));
    keygen(file("2.key"));
    PairKey first = KeyFile.read(file("1.key"));
    PairKey second = KeyFile.read(file("2.key"));
    assertThat(first.secret()).isNotEqualTo(second.secret());
    assertThat(first.id()).isNotEqualTo(second.id());
  }

  @Test
  void shouldNameTheFileAfterTheNodes() throws IOException {
    String name = "test-" + UUID.randomUUID();
    Path file = Path.of(name + "-b.key").toAbsolutePath();
    try {
      Captured run = Captured.run("keygen", name, "b");
      assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
      assertThat(run.out()).contains(file.toString());
      assertThat(KeyFile.read(file).peerOf("b")).isEqualTo(name);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  @Test
  void shouldLeaveAKeyThatExistsAsItIs() throws IOException {
    keygen(file("pair.key"));
    String before = Files.readString(file("pair.key"));
    Captured run = keygen(file("pair.key"));
    assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).hasLineCount(1).contains(file("pair.key").toString(), "remove it");
    assertThat(file("pair.key")).hasContent(before);
  }

  @Test
  void shouldRefuseNamesThatNoTwoNodesHave() {
    for (String second : new String[] {"a", "b/c", "", "n".repeat(65)}) {
      Captured run = Captured.run("keygen", "a", second, "--out", file("x.key").toString());
      assertThat(run.exitCode()).as(second).isEqualTo(ExitCode.USAGE);
      assertThat(run.err()).hasLineCount(1).contains("'" + second + "'");
      assertThat(file("x.key")).doesNotExist();
    }
  }

  @Test
  void shouldSayWhereItCannotWrite() {
    Captured run = keygen(file("none/pair.key"));
    assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).hasLineCount(1).contains(file("none/pair.key").toString(), "--out");
  }
}
