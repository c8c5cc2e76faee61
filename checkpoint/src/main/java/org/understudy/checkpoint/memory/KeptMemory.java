package org.understudy.checkpoint.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Memory of a guest, or of its image, in a named file of shared memory that outlives its process: a
 * later copy of the same guest goes over what lies there, and ships what differs. The process that
 * has it holds a lock ({@link SharedMemoryFile}); one that nobody holds is to be had by anyone of
 * the same guest. What such a file says is never believed: each page is hashed and compared.
 */
public final class KeptMemory {
  private static final String SUFFIX = ".kept";

  private KeptMemory() {}

  private static String prefix(long guestId) {
    return SharedMemoryFile.PREFIX + "%016x-".formatted(guestId);
  }

  /**
   * Zeroed memory in a new file, with all of its pages: a file system that is full would else end
   * the process at some first write, and the guest with it.
   *
   * @param guestId what tells this guest's files from those of others: its register's id
   * @throws IllegalStateException in one line, where there is no room for all of it
   */
  public static MappedGuestMemory create(RegionLayout layout, long guestId) {
    return create(layout, guestId, true);
  }

  /** The same with pages that come at their first write: for machines, most of which is zero. */
  public static MappedGuestMemory createSparse(RegionLayout layout, long guestId) {
    return create(layout, guestId, false);
  }

  private static MappedGuestMemory create(RegionLayout layout, long guestId, boolean isReserved) {
    long number = ThreadLocalRandom.current().nextLong();
    String name = prefix(guestId) + "%016x".formatted(number) + SUFFIX;
    Path path = SharedMemoryFile.DIRECTORY.resolve(name);
    return MappedGuestMemory.kept(layout, SharedMemoryFile.createShared(path), isReserved);
  }

  /**
   * A command that holds such memory as long as it runs: a process that uses it beside its node may
   * live a moment longer.
   *
   * @param memory its file
   */
  public static List<String> heldBy(Path memory, List<String> command) {
    if (!memory.getFileName().toString().endsWith(SUFFIX)) {
      return command;
    }
    List<String> holding =
        new ArrayList<>(List.of("flock", "--shared", "--nonblock", "--no-fork", memory.toString()));
    holding.addAll(command);
    return holding;
  }

  /** The guest of memory that was made before that was known; its path is that of before. */
  public static void name(MappedGuestMemory memory, long guestId) {
    String number = memory.path().getFileName().toString().split("-")[2];
    try {
      Files.move(memory.path(), memory.path().resolveSibling(prefix(guestId) + number));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot name " + memory.path(), e);
    }
  }

  /**
   * The newest file of a guest that nobody holds, if it has the layout's size; its other ones that
   * nobody holds are removed, since one base is enough.
   *
   * @return null where there is none
   */
  public static MappedGuestMemory takeBase(RegionLayout layout, long guestId) {
    List<Path> files = files(prefix(guestId));
    files.sort(Comparator.comparing(KeptMemory::modified).reversed());
    MappedGuestMemory base = null;
    for (Path path : files) {
      SharedMemoryFile file = SharedMemoryFile.take(path);
      if (file != null && base == null && file.bytes() == layout.totalBytes()) {
        base = use(layout, file);
      } else if (file != null) {
        file.close();
      }
    }
    return base;
  }

  private static MappedGuestMemory use(RegionLayout layout, SharedMemoryFile file) {
    if (file.share()) {
      return MappedGuestMemory.kept(layout, file, false);
    }
    file.leave();
    return null;
  }

  /** Removes the files of a guest that nobody holds: it has ended. */
  public static List<Path> remove(long guestId) {
    return removeUnheld(prefix(guestId));
  }

  /** Removes the files of all guests that nobody holds: memory is short. */
  public static List<Path> removeAll() {
    return removeUnheld(SharedMemoryFile.PREFIX);
  }

  private static List<Path> removeUnheld(String prefix) {
    List<Path> removed = new ArrayList<>();
    List<Path> files = files(prefix);
    files.addAll(files(SharedMemoryFile.UNNAMED + prefix)); // of a process that died in between
    for (Path path : files) {
      SharedMemoryFile file = SharedMemoryFile.take(path);
      if (file != null) {
        file.close();
        removed.add(path);
      }
    }
    return removed;
  }

  private static List<Path> files(String prefix) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(SharedMemoryFile.DIRECTORY, prefix + "*" + SUFFIX)) {
      files.forEach(found::add);
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look into " + SharedMemoryFile.DIRECTORY, e);
    }
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0); // it is gone
    }
  }
}
