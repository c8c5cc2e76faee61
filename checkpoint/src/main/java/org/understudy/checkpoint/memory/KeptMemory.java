package org.understudy.checkpoint.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;

/**
 * Memory of a guest, or of its image, in a named file of shared memory that outlives its process: a
 * later copy of the same guest goes over what lies there, and ships what differs. The process that
 * has it holds a lock ({@link SharedMemoryFile}); one that nobody holds is to be had by anyone of
 * the same guest. What such a file says is never believed: each page is hashed and compared.
 */
public final class KeptMemory {
  private static final String SUFFIX = ".kept";

  /** What it leaves free: room for the links of two more nodes. */
  private static final long FOR_OTHERS_BYTES = 128L << 20;

  private KeptMemory() {}

  /** What must be free in shared memory for so many bytes to be kept. */
  public static long neededBytes(long memoryBytes) {
    return memoryBytes + FOR_OTHERS_BYTES;
  }

  private static String prefix(long guestId) {
    return SharedMemoryFile.PREFIX + "%016x-".formatted(guestId);
  }

  private static String glob(String prefix) {
    return prefix + "*" + SUFFIX;
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

  /** The guest of memory that was made before that was known; returns its new path. */
  public static Path name(MappedGuestMemory memory, long guestId) {
    String number = memory.path().getFileName().toString().split("-")[2];
    try {
      return Files.move(memory.path(), memory.path().resolveSibling(prefix(guestId) + number));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot name " + memory.path(), e);
    }
  }

  /**
   * The newest file of a guest that nobody holds, if it has the layout's size; its other ones that
   * nobody holds are removed, since one base is enough.
   *
   * @param isReserved all of its pages are taken, as by {@link #create}
   * @return null where there is none
   */
  public static MappedGuestMemory takeBase(RegionLayout layout, long guestId, boolean isReserved) {
    List<Path> files = SharedMemoryFile.files(glob(prefix(guestId)));
    files.sort(Comparator.comparing(KeptMemory::modified).reversed());
    MappedGuestMemory base = null;
    for (Path path : files) {
      SharedMemoryFile file = SharedMemoryFile.take(path);
      if (file != null && base == null && file.extents().sizeBytes() == layout.totalBytes()) {
        base = use(layout, file, isReserved);
      } else if (file != null) {
        file.close();
      }
    }
    return base;
  }

  private static MappedGuestMemory use(
      RegionLayout layout, SharedMemoryFile file, boolean isReserved) {
    if (file.share()) {
      return MappedGuestMemory.kept(layout, file, isReserved);
    }
    file.leave();
    return null;
  }

  /** Memory that files of all guests take that nobody holds. */
  public static long unheldBytes() {
    return unheldBytes(size -> true).sum();
  }

  /** The same of one file of this size, which may be the base of a node that starts. */
  public static long unheldBytes(long fileBytes) {
    return unheldBytes(size -> size == fileBytes).max().orElse(0);
  }

  private static LongStream unheldBytes(LongPredicate size) {
    LongStream.Builder taken = LongStream.builder();
    for (Path path : SharedMemoryFile.files(glob(SharedMemoryFile.PREFIX))) {
      SharedMemoryFile file = SharedMemoryFile.take(path);
      if (file != null) {
        long bytes = file.extents().sizeBytes();
        long[] sum = {0};
        file.extents().forEachData(0, bytes, (from, to) -> sum[0] += to - from);
        taken.add(size.test(bytes) ? sum[0] : 0);
        file.leave();
      }
    }
    return taken.build();
  }

  /** Removes the files of a guest that nobody holds: it has ended. */
  public static List<Path> remove(long guestId) {
    return SharedMemoryFile.removeUnheld(glob(prefix(guestId)));
  }

  /** Removes the files of all guests that nobody holds: memory is short. */
  public static List<Path> removeAll() {
    return SharedMemoryFile.removeUnheld(glob(SharedMemoryFile.PREFIX));
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0); // it is gone
    }
  }
}
