package org.understudy.node.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;

/** A key comes back from its file, and from no file that others could have read or written. */
@Timeout(60)
class KeyFileTest {
  private static final String NEXT = "understudy keygen A B --out ";
  private static final String BASE64 =
      Base64.getEncoder().encodeToString("0123456789abcdefghijklmnopqrstuv".getBytes());

  @TempDir private Path directory;

  private final PairKey key = PairKey.random("a", "node-2.example");

  private Path file() {
    return directory.resolve("a-b.key");
  }

  private Path written() {
    KeyFile.write(file(), key);
    return file();
  }

  private Path text(String text) throws IOException {
    Files.writeString(file(), text);
    return mode(file(), "rw-------");
  }

  private static Path mode(Path file, String mode) throws IOException {
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private static void refuses(Path file, String... says) {
    UserError error = catchThrowableOfType(UserError.class, () -> KeyFile.read(file));
    assertThat(error).isNotNull();
    assertThat(error.exitCode()).isEqualTo(ExitCode.CONFIGURATION_INVALID);
    assertThat(error.getMessage())
        .contains("key file " + file + " ")
        .contains(says)
        .hasLineCount(1)
        .doesNotContain(BASE64, BASE64.substring(0, 8));
  }

  @Test
  void shouldGiveBackWhatWasWritten() throws IOException {
    assertThat(KeyFile.read(written())).isEqualTo(key);
    assertThat(KeyFile.read(mode(file(), "r--------"))).isEqualTo(key);
  }

  @Test
  void shouldWriteAFileThatExplainsItselfAndIsItsOwnersAlone() throws IOException {
    assertThat(Files.readString(written()))
        .isEqualTo(
            """
            # Key of the nodes a and node-2.example. Whoever can read it can pose as either of them.
            nodes = a node-2.example
            key = %s
            """,
            Base64.getEncoder().encodeToString(key.secret()));
    assertThat(Files.getPosixFilePermissions(file()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void shouldHaveRoomForTheLongestNames() {
    PairKey longest = PairKey.random("a".repeat(64), "b".repeat(64));
    KeyFile.write(file(), longest);
    assertThat(KeyFile.read(file())).isEqualTo(longest);
  }

  @Test
  void shouldReadWhatAnEditorLeaves() throws IOException {
    PairKey read = KeyFile.read(text("\n# a\r\n nodes=a\tb \r\n\n# b\n  key =" + BASE64));
    assertThat(read.first() + read.second()).isEqualTo("ab");
    assertThat(read.secret()).asString().startsWith("0123").endsWith("tuv");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rw---x---", "rw-rw-rw-"})
  void shouldRefuseAFileThatOthersCanUse(String mode) throws IOException {
    refuses(mode(written(), mode), "mode 06", "chmod 600 " + file());
  }

  @Test
  void shouldNotFollowALink() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), written());
    refuses(link, "symbolic link", "name the file");
    Files.delete(file());
    refuses(link, "symbolic link");
  }

  @Test
  void shouldRefuseWhatIsNoRegularFile() throws Exception {
    refuses(directory, "no regular file");
    refuses(Path.of("/dev/zero"), "no regular file");
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", "-m", "600", pipe.toString()).start().waitFor())
        .isZero();
    refuses(pipe, "no regular file", NEXT + pipe);
  }

  @Test
  void shouldRefuseTheFileOfAnotherUser() throws IOException {
    Object self = Files.getAttribute(directory, "unix:uid");
    Assumptions.assumeTrue(self.equals(0), "needs root, to give a file away");
    Files.setAttribute(written(), "unix:uid", 4711);
    refuses(file(), "belongs to user 4711", "user 0 of this process", "chown 0 " + file());
  }

  @Test
  void shouldSayThatItIsMissing() {
    refuses(file(), "does not exist", "copy it from the other node", NEXT + file());
    refuses(file().resolve("x"), "does not exist");
  }

  @Test
  void shouldRefuseAFileThatIsTooLong() throws IOException {
    String text = "nodes = a b\nkey = " + BASE64 + "\n";
    String filled = text + "#".repeat(PrivateFile.MAX_BYTES - text.length());
    assertThat(KeyFile.read(text(filled)).first()).isEqualTo("a");
    refuses(text(filled + "#"), "more than 1024 bytes", NEXT + file());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# nodes = a b",
        "nodes = a b",
        "key = B64",
        "B64",
        "key = B64\nnodes = a b",
        "nodes = a b\nkey = B64\nkey = B64",
        "nodes = a b c\nkey = B64",
        "nodes = a\nkey = B64",
        "nodes a b\nkey B64",
        "nodes = a b\nkey = B64 B64",
        "nodes = a b\nKEY = B64",
        "-----BEGIN PRIVATE KEY-----\nB64\n-----END PRIVATE KEY-----"
      })
  void shouldRefuseAnotherFormat(String text) throws IOException {
    refuses(text(text.replace("B64", BASE64)), "other lines", "nodes = A B", NEXT + file());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16, 31, 33, 64})
  void shouldRefuseAKeyOfAnotherLength(int bytes) throws IOException {
    String base64 = Base64.getEncoder().encodeToString(new byte[bytes]);
    Path file = text("nodes = a b\nkey = " + base64);
    if (bytes == 0) {
      refuses(file, "other lines");
    } else {
      refuses(file, "32 bytes, not " + bytes, NEXT + file);
    }
  }

  @Test
  void shouldRefuseWhatIsNoBase64() throws IOException {
    refuses(text("nodes = a b\nkey = " + BASE64.replace('M', '!')), "no Base64", NEXT + file());
  }

  @Test
  void shouldRefuseNamesThatNoTwoNodesHave() throws IOException {
    refuses(text("nodes = a a\nkey = " + BASE64), "two nodes", "'a'", NEXT + file());
    refuses(text("nodes = a b/c\nkey = " + BASE64), "'b/c'", NEXT + file());
    String tooLong = "n".repeat(65);
    refuses(text("nodes = a " + tooLong + "\nkey = " + BASE64), tooLong, "1 to 64");
  }

  private void cannotWrite(Path file, int exitCode, String... says) {
    UserError error = catchThrowableOfType(UserError.class, () -> KeyFile.write(file, key));
    assertThat(error).isNotNull();
    assertThat(error.exitCode()).isEqualTo(exitCode);
    assertThat(error.getMessage()).contains(file.toString()).contains(says).hasLineCount(1);
  }

  @Test
  void shouldNeverOverwrite() throws IOException {
    Files.writeString(file(), "mine");
    cannotWrite(file(), ExitCode.REFUSED, "exists", "remove it", "--out");
    assertThat(file()).hasContent("mine");
    Path target = directory.resolve("target");
    Path link = Files.createSymbolicLink(directory.resolve("link"), target);
    cannotWrite(link, ExitCode.REFUSED, "exists");
    assertThat(target).doesNotExist();
  }

  @Test
  void shouldSayWhereItCannotWrite() {
    cannotWrite(directory.resolve("none/a.key"), ExitCode.FAILED, "--out", "directory that exists");
  }

  @Test
  void shouldLeaveNothingBehindWhenItIsCutShort() {
    Thread.currentThread().interrupt(); // the first write fails then, after the file was made
    try {
      cannotWrite(file(), ExitCode.FAILED, "cannot be written");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(file()).doesNotExist();
  }
}
