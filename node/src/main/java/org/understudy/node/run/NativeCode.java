package org.understudy.node.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.understudy.checkpoint.codec.section.CodecLibraries;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;

/**
 * Libraries are loaded before a guest runs, from a place of the node's own: what is missing shows
 * at the start, and a backup that joins later finds nothing left to fail.
 */
public final class NativeCode {
  private static final String NAME = "native";

  private NativeCode() {}

  /**
   * Loads them from below the node's directory, which this process owns, or where that lets no code
   * be run from {@code java.io.tmpdir}.
   *
   * @throws UserError naming both places if neither will do
   */
  public static void load(Path nodeDirectory) {
    List<String> failures = new ArrayList<>();
    if (isLoaded(nodeDirectory.resolve(NAME), failures)) {
      return;
    }
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    if (!isLoaded(temporary.resolve("understudy-" + NAME + "-" + System.nanoTime()), failures)) {
      throw new UserError(
          ExitCode.REFUSED,
          "the libraries of the compressors cannot be loaded from node.directory or"
              + " java.io.tmpdir: "
              + String.join("; ", failures)
              + "; one of the two must have some MiB of room and be mounted without noexec (set"
              + " node.directory, or UNDERSTUDY_JAVA_OPTS=-Djava.io.tmpdir=...)");
    }
  }

  private static boolean isLoaded(Path directory, List<String> failures) {
    try {
      Leftovers.deleteTree(directory);
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      CodecLibraries.load(directory);
      return true;
    } catch (IOException e) {
      failures.add(directory + ": " + e.getMessage());
      return false;
    } finally {
      Leftovers.deleteTree(directory);
    }
  }
}
