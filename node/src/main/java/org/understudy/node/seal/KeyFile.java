package org.understudy.node.seal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;

/** The file that a key is kept in: text, for its owner alone. */
public final class KeyFile {
  private static final Pattern FORMAT =
      Pattern.compile("nodes\\s*=\\s*(\\S+)\\s+(\\S+)\nkey\\s*=\\s*(\\S+)");

  private KeyFile() {}

  /**
   * Reads a key.
   *
   * @throws UserError naming file, value and remedy if the file is not private, or has no key
   */
  public static PairKey read(Path file) {
    PrivateFile source = new PrivateFile(file);
    Matcher found = FORMAT.matcher(withoutComments(source.read()));
    if (!found.matches()) {
      throw source.damaged(
          "has other lines, beside comments, than 'nodes = A B' and then 'key = BASE64'");
    }
    byte[] secret = secret(source, found.group(3));
    try {
      return new PairKey(found.group(1), found.group(2), secret);
    } catch (IllegalArgumentException e) {
      throw source.damaged("has no key that can be used (" + e.getMessage() + ")");
    }
  }

  private static String withoutComments(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .collect(Collectors.joining("\n"));
  }

  private static byte[] secret(PrivateFile source, String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      // Not the decoder's own words: they quote from the secret.
      throw source.damaged("has a key that is no Base64");
    }
  }

  /**
   * Writes a key into a file that is not there yet, and leaves none behind if that fails.
   *
   * @throws UserError naming file and remedy
   */
  public static void write(Path file, PairKey key) {
    try (FileChannel channel = create(file)) {
      try {
        writeAll(channel, text(key));
        syncDirectory(file);
      } catch (IOException | RuntimeException e) {
        Files.deleteIfExists(file);
        throw e;
      }
    } catch (FileAlreadyExistsException e) {
      throw new UserError(
          ExitCode.REFUSED,
          file
              + " exists, and a key that may be in use is not overwritten: remove it, or name"
              + " another file by --out",
          e);
    } catch (IOException e) {
      throw new UserError(
          ExitCode.FAILED,
          "key file "
              + file
              + " cannot be written ("
              + e
              + "): name one by --out in a directory"
              + " that exists, where you may write",
          e);
    }
  }

  /** Private from its first moment: permissions that are taken back later come too late. */
  private static FileChannel create(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private static void writeAll(FileChannel channel, String text) throws IOException {
    ByteBuffer from = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (from.hasRemaining()) {
      channel.write(from);
    }
    channel.force(true);
  }

  /** The name is durable too: the key may be on its way to the other node already. */
  private static void syncDirectory(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static String text(PairKey key) {
    return """
    # Key of the nodes %1$s and %2$s. Whoever can read it can pose as either of them.
    nodes = %1$s %2$s
    key = %3$s
    """
        .formatted(key.first(), key.second(), Base64.getEncoder().encodeToString(key.secret()));
  }
}
