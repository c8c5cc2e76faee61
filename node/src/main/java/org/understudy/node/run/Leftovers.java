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
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Files in shared memory that outlive a killed process. Their names carry the owner's process id
 * ({@code understudy-<pid>-<use>}), and only those of dead owners are removed.
 */
final class Leftovers {
  static final Path SHARED_MEMORY = Path.of("/dev/shm");

  private static final Pattern NAME = Pattern.compile("understudy-(\\d{1,10})-.+");

  private Leftovers() {}

  static String name(long pid, String use) {
    return "understudy-" + pid + "-" + use;
  }

  static List<Path> removeDead(Path directory) throws IOException {
    return remove(directory, pid -> ProcessHandle.of(pid).isEmpty());
  }

  static List<Path> removeOwn(Path directory) throws IOException {
    long own = ProcessHandle.current().pid();
    return remove(directory, pid -> pid == own);
  }

  private static List<Path> remove(Path directory, LongPredicate ownedBy) throws IOException {
    List<Path> removed = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return removed;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        Matcher name = NAME.matcher(entry.getFileName().toString());
        if (name.matches() && ownedBy.test(Long.parseLong(name.group(1))) && deleteTree(entry)) {
          removed.add(entry);
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return removed;
  }

  /** False if it belongs to another user: then its owner has to clean up. */
  private static boolean deleteTree(Path root) {
    try {
      Files.walkFileTree(root, new Deleter());
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
      // Another node that starts now may clean up the same leftover.
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
