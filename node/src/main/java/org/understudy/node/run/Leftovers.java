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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Directories that may outlive a killed process. Their names carry the owner's process id ({@code
 * PREFIX-PID}), and only those of dead owners are removed. (The link's own directories in shared
 * memory are removed by the link, in the same way.)
 */
public final class Leftovers {
  private Leftovers() {}

  /** A directory for this process: {@code prefix-PID}. */
  public static Path directory(Path parent, String prefix) {
    return parent.resolve(prefix + "-" + ProcessHandle.current().pid());
  }

  /** Removes what dead processes left; returns what was removed. */
  public static List<Path> removeDead(Path parent, String prefix) throws IOException {
    Pattern pattern = Pattern.compile(Pattern.quote(prefix) + "-(\\d{1,10})");
    List<Path> removed = new ArrayList<>();
    try (Stream<Path> entries = Files.list(parent)) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        Matcher name = pattern.matcher(entry.getFileName().toString());
        if (name.matches() && isDead(Long.parseLong(name.group(1))) && deleteTree(entry)) {
          removed.add(entry);
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return removed;
  }

  private static boolean isDead(long pid) {
    return ProcessHandle.of(pid).isEmpty();
  }

  /** False if something of it belongs to another user: then that one has to clean up. */
  public static boolean deleteTree(Path root) {
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
