package org.understudy.checkpoint.memory;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.understudy.host.FileExtents;
import org.understudy.host.LinuxCalls;

/**
 * A file in the shared-memory file system that lives as long as its owner.
 *
 * <p>The owner holds an exclusive {@code flock} on it, which the kernel drops when the owner dies,
 * however it dies: a file that can be locked is a leftover. (Locks of {@code fcntl} would not do:
 * closing any descriptor of the file would drop them.)
 */
public final class SharedMemoryFile implements AutoCloseable {
  /** Where shared memory lives on Linux. */
  public static final Path DIRECTORY = Path.of("/dev/shm");

  /** First part of every file name, so that leftovers can be found. */
  public static final String PREFIX = "understudy-";

  /** Last part of every file name. */
  public static final String SUFFIX = ".mem";

  /** First part of the name of a file that nobody may take yet. */
  private static final String UNNAMED = ".";

  private static final int ATTEMPTS = 10;
  private static final int OWNER_ONLY = 0600;
  private static final int WRITABLE_BY_OTHERS = 0022;
  private static final int FILE_TYPE = 0170000;
  private static final int REGULAR = 0100000;

  private final Path path;
  private final int fd;

  private SharedMemoryFile(Path path, int fd) {
    this.path = path;
    this.fd = fd;
  }

  /**
   * Creates an empty file that only its owner may read.
   *
   * @param name letters, digits, dots and dashes; unique on this host while in use
   */
  public static SharedMemoryFile create(String name) {
    if (!name.matches("[A-Za-z0-9.-]{1,128}")) {
      throw new IllegalArgumentException(
          "name of a memory file: 1 to 128 letters, digits, dots and dashes, not '" + name + "'");
    }
    Path path = DIRECTORY.resolve(PREFIX + name + SUFFIX);
    int flags = LinuxCalls.O_RDWR | LinuxCalls.O_CREAT | LinuxCalls.O_EXCL;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int fd = LinuxCalls.open(path.toString(), flags, OWNER_ONLY);
      if (fd == -LinuxCalls.EEXIST) {
        if (!removeIfLeftOver(path)) {
          throw new IllegalStateException(path + " is in use by another process");
        }
      } else {
        LinuxCalls.check(fd, "creating " + path);
        if (LinuxCalls.tryLock(fd) == 0 && Files.exists(path)) {
          return new SharedMemoryFile(path, fd);
        }
        LinuxCalls.close(fd); // a clean-up of another process came between creating and locking
      }
    }
    throw new IllegalStateException(path + " is removed again and again by another process");
  }

  /** The file, held from now on; null if it is gone, held by another process, or no own file. */
  static SharedMemoryFile take(Path path) {
    int fd = LinuxCalls.open(path.toString(), LinuxCalls.O_RDWR | LinuxCalls.O_NOFOLLOW, 0);
    if (fd < 0) {
      return null;
    }
    if (LinuxCalls.tryLock(fd) == 0 && isOwn(fd) && Files.exists(path)) {
      return new SharedMemoryFile(path, fd);
    }
    LinuxCalls.close(fd);
    return null;
  }

  /** Nobody else can have it open, or could write to it later. */
  private static boolean isOwn(int fd) {
    try {
      Map<String, Object> is =
          Files.readAttributes(Path.of("/proc/self/fd/" + fd), "unix:uid,mode,nlink");
      Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      int mode = (Integer) is.get("mode");
      return is.get("uid").equals(self)
          && (mode & FILE_TYPE) == REGULAR
          && (mode & WRITABLE_BY_OTHERS) == 0
          && (Integer) is.get("nlink") == 1;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * An empty file that is held in a way that others can share, as a process does that is to use it
   * beside this one. Nobody can take it before it has its name.
   */
  static SharedMemoryFile createShared(Path path) {
    Path unnamed = path.resolveSibling(UNNAMED + path.getFileName());
    int flags = LinuxCalls.O_RDWR | LinuxCalls.O_CREAT | LinuxCalls.O_EXCL;
    int fd = LinuxCalls.open(unnamed.toString(), flags, OWNER_ONLY);
    LinuxCalls.check(fd, "creating " + unnamed);
    try {
      LinuxCalls.check(LinuxCalls.tryShare(fd), "locking " + unnamed);
      Files.move(unnamed, path);
      return new SharedMemoryFile(path, fd);
    } catch (IOException | RuntimeException e) {
      delete(unnamed);
      LinuxCalls.close(fd);
      throw new IllegalStateException("cannot make " + path + ": " + e.getMessage(), e);
    }
  }

  /** Others may share it from here on; false if another process was faster, and has it. */
  boolean share() {
    return LinuxCalls.tryShare(fd) == 0;
  }

  /** Its length, and which parts of it exist. */
  FileExtents extents() {
    return new FileExtents(fd, path.toString());
  }

  /** Closes it; it stays where it is, for whoever takes it. */
  void leave() {
    LinuxCalls.close(fd);
  }

  /** Removes the files of owners that are gone and returns their paths. */
  public static List<Path> removeLeftOvers() {
    return removeUnheld(PREFIX + "*" + SUFFIX);
  }

  /** Removes those that nobody holds, and returns their paths. */
  static List<Path> removeUnheld(String glob) {
    return files(glob).stream().filter(SharedMemoryFile::removeIfLeftOver).toList();
  }

  /** Files of that name, held or not. */
  static List<Path> files(String glob) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(DIRECTORY, glob)) {
      files.forEach(found::add);
      return found;
    } catch (IOException e) {
      throw new IllegalStateException("cannot look for leftovers in " + DIRECTORY + ": " + e, e);
    }
  }

  /** Path of the file. */
  public Path path() {
    return path;
  }

  /** Open descriptor of the file. */
  public int fd() {
    return fd;
  }

  /** Removes and closes it; mappings of it stay valid. */
  @Override
  public void close() {
    delete(path);
    LinuxCalls.close(fd);
  }

  private static boolean removeIfLeftOver(Path path) {
    SharedMemoryFile leftOver = take(path);
    if (leftOver != null) {
      leftOver.close();
    }
    return leftOver != null;
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new IllegalStateException("cannot remove " + file + ": " + e, e);
    }
  }
}
