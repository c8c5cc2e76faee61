package org.understudy.node.seal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.understudy.host.LinuxCalls;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;

/**
 * A small file that nobody but its owner can read or write. It is judged by what was opened, since
 * a name can stand for another file a moment later.
 */
final class PrivateFile {
  static final int MAX_BYTES = 1024;

  private static final String ATTRIBUTES =
      "unix:fileKey,isRegularFile,isSymbolicLink,uid,mode,size";
  private static final int OF_OTHERS = 0077;
  private static final int PERMISSIONS = 07777;

  /** Of {@code open}: only to read. */
  private static final int O_RDONLY = 0;

  private static final int ROOT = 0;

  private final Path file;

  PrivateFile(Path file) {
    this.file = file;
  }

  /** Its text; an error that names file, value and remedy if it is not private. */
  String read() {
    try {
      // Before it is opened: a pipe would wait for somebody who writes to it.
      Map<String, Object> named = Files.readAttributes(file, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
      requireRegular(named);
      int fd = LinuxCalls.open(file.toString(), O_RDONLY | LinuxCalls.O_NOFOLLOW, 0);
      if (fd < 0) {
        throw unreadable(LinuxCalls.describe(-fd), null);
      }
      try {
        return read(Path.of("/proc/self/fd/" + fd), named);
      } finally {
        LinuxCalls.close(fd);
      }
    } catch (NoSuchFileException e) {
      throw error(
          "does not exist: copy it from the other node, or make one for both by " + keygen(), e);
    } catch (IOException e) {
      throw unreadable(e.toString(), e);
    }
  }

  /** Reads the file that is open, by a path that leads to it whatever happens to its name. */
  private String read(Path opened, Map<String, Object> named) throws IOException {
    Map<String, Object> is = Files.readAttributes(opened, ATTRIBUTES);
    if (!is.get("fileKey").equals(named.get("fileKey"))) {
      throw error("was replaced while it was opened: see who does that, and try again", null);
    }
    requireRegular(is);
    requireOwner((Integer) is.get("uid"));
    requirePrivate((Integer) is.get("mode") & PERMISSIONS);
    requireSmall((Long) is.get("size"));
    try (InputStream in = Files.newInputStream(opened)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      requireSmall(bytes.length);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private void requireRegular(Map<String, Object> is) {
    if ((Boolean) is.get("isSymbolicLink")) {
      throw error("is a symbolic link, which is not followed: name the file that it means", null);
    }
    if (!(Boolean) is.get("isRegularFile")) {
      throw error("is no regular file: name one, made by " + keygen(), null);
    }
  }

  private void requireOwner(int owner) throws IOException {
    int self = self();
    if (owner != self && owner != ROOT) {
      throw error(
          "belongs to user "
              + owner
              + ", neither to user "
              + self
              + " of this process nor to root: 'chown "
              + self
              + " "
              + file
              + "'",
          null);
    }
  }

  private static int self() throws IOException {
    return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  private void requirePrivate(int mode) {
    if ((mode & OF_OTHERS) != 0) {
      throw error(
          String.format("has mode %04o, which lets others in: 'chmod 600 %s'", mode, file), null);
    }
  }

  private void requireSmall(long bytes) {
    if (bytes > MAX_BYTES) {
      throw damaged("has more than " + MAX_BYTES + " bytes");
    }
  }

  private UserError unreadable(String why, Throwable cause) {
    return error(
        "cannot be read (" + why + "): it must be the node's user's own, 'chmod 600 " + file + "'",
        cause);
  }

  /** Its content is of no use. Whoever says so does not quote it: it may be the secret. */
  UserError damaged(String what) {
    return error(
        what
            + ": copy it anew from the other node, or remove it and make one for both by "
            + keygen(),
        null);
  }

  private String keygen() {
    return "'understudy keygen A B --out " + file + "'";
  }

  private UserError error(String what, Throwable cause) {
    return new UserError(ExitCode.CONFIGURATION_INVALID, "key file " + file + " " + what, cause);
  }
}
