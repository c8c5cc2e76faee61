package org.understudy.protocol.link;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.regex.Pattern;
import org.agrona.IoUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.pair.ownership.NodeId;

/**
 * The directory of one media driver, {@code understudy-aeron-INCARNATION}, which only its owner may
 * enter: Aeron makes its own in it, readable by everybody. Beside it stands {@code
 * understudy-aeron-INCARNATION.lock}, made before it, removed after it and {@linkplain HeldLock
 * held} meanwhile, so that the next start of any node removes what a killed one left and nothing
 * else.
 */
public final class DriverDirectory implements AutoCloseable {
  static final String PREFIX = "understudy-aeron-";

  private static final Logger LOG = LoggerFactory.getLogger(DriverDirectory.class);
  private static final Pattern NAME = Pattern.compile(PREFIX + "[0-9a-f]{16}");
  private static final String LOCK = ".lock";
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path path;
  private final HeldLock lock;

  private DriverDirectory(Path path, HeldLock lock) {
    this.path = path;
    this.lock = lock;
  }

  static DriverDirectory create(Path root, NodeId node) throws IOException {
    Path path = root.resolve(PREFIX + "%016x".formatted(node.incarnation()));
    HeldLock lock = HeldLock.create(lockOf(path));
    try {
      Files.createDirectory(path, OWNER_ONLY);
      return new DriverDirectory(path, lock);
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  private static Path lockOf(Path directory) {
    return directory.resolveSibling(directory.getFileName() + LOCK);
  }

  /** Where it is. */
  Path path() {
    return path;
  }

  /** Where the driver makes its own. */
  Path driver() {
    return path.resolve("driver");
  }

  /** Removes directories whose owners are gone; returns how many. */
  public static int removeLeftovers(Path root) {
    int removed = 0;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root, PREFIX + "*")) {
      for (Path entry : entries) {
        if (NAME.matcher(entry.getFileName().toString()).matches() && removeIfLeft(entry)) {
          LOG.info("removed {}, left behind by a process that is gone", entry);
          removed++;
        }
      }
    } catch (IOException e) {
      LOG.warn("cannot look for leftovers in {}: {}", root, e.toString());
    }
    return removed;
  }

  private static boolean removeIfLeft(Path directory) {
    Path file = lockOf(directory);
    if (!Files.exists(file)) {
      // Its owner holds the lock from before it is made until after it is gone.
      return delete(directory);
    }
    try (HeldLock lock = HeldLock.ofTheDead(file)) {
      return lock != null && delete(directory);
    }
  }

  private static boolean delete(Path directory) {
    IoUtil.delete(directory.toFile(), true);
    return !Files.exists(directory);
  }

  @Override
  public void close() {
    delete(path);
    lock.close();
  }
}
