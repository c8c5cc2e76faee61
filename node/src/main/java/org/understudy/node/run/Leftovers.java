package org.understudy.node.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.understudy.protocol.link.HeldLock;

/**
 * Directories that may outlive a killed process, {@code PREFIX-NUMBER}. Beside each stands a lock
 * file that its process holds open ({@link HeldLock}); those that nobody holds are removed. (The
 * link's own directories in shared memory are removed by the link, in the same way.)
 */
public final class Leftovers {
  private static final String LOCK = ".lock";
  private static final Map<Path, HeldLock> HELD = new ConcurrentHashMap<>();

  private Leftovers() {}

  /** Where this process can make a directory of its own; a new place each time. */
  public static Path directory(Path parent, String prefix) {
    String number = "%016x".formatted(ThreadLocalRandom.current().nextLong());
    Path directory = parent.resolve(prefix + "-" + number);
    try {
      HELD.put(directory, HeldLock.create(lockOf(directory)));
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException("no files can be made in " + parent, e);
    }
  }

  private static Path lockOf(Path directory) {
    return directory.resolveSibling(directory.getFileName() + LOCK);
  }

  /** Removes what dead processes left; returns the directories that were removed. */
  public static List<Path> removeDead(Path parent, String prefix) throws IOException {
    Pattern pattern = Pattern.compile(Pattern.quote(prefix) + "-[0-9a-f]{16}(\\.lock)?");
    List<Path> removed = new ArrayList<>();
    try (Stream<Path> entries = Files.list(parent)) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        String name = entry.getFileName().toString();
        if (pattern.matcher(name).matches()) {
          removeIfDead(parent.resolve(name.replace(LOCK, "")), removed);
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return removed;
  }

  private static void removeIfDead(Path directory, List<Path> removed) {
    if (Files.exists(lockOf(directory))) {
      try (HeldLock lock = HeldLock.ofTheDead(lockOf(directory))) {
        if (lock != null && Files.exists(directory) && deleteTree(directory)) {
          removed.add(directory);
        }
      }
    } else if (Files.exists(directory) && deleteTree(directory)) {
      removed.add(directory);
    }
  }

  /** False if something of it belongs to another user: then that one has to clean up. */
  public static boolean deleteTree(Path root) {
    try {
      Files.walkFileTree(root, new Deleter());
      HeldLock own = HELD.remove(root);
      if (own != null) {
        own.close();
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static final class Deleter extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      // Another process that starts now may clean up the same leftover.
      if (e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw e;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException e) throws IOException {
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
