package org.understudy.node.arbiter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** A password that stands alone in a file which nobody but its owner may read. */
final class PasswordFile {
  private static final Set<PosixFilePermission> OWNERS =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private PasswordFile() {}

  /**
   * Reads it anew: it may have been changed while the node runs.
   *
   * @throws IOException naming file and remedy
   */
  static String read(Path file) throws IOException {
    try {
      if (!OWNERS.containsAll(Files.getPosixFilePermissions(file))) {
        throw new IOException(
            "password file " + file + " can be read by others: 'chmod 600 " + file + "'");
      }
      String password = Files.readString(file).strip();
      if (password.isEmpty()) {
        throw new IOException("password file " + file + " is empty: write the password into it");
      }
      return password;
    } catch (NoSuchFileException e) {
      throw new IOException("password file " + file + " does not exist", e);
    }
  }
}
