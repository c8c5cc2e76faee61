package org.understudy.checkpoint.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.understudy.host.FileExtents;
import org.understudy.host.LinuxCalls;
import org.understudy.host.MemoryLimits;

/**
 * Guest memory as one mapping of the host. Pages are zero until first written, and take no memory
 * until then.
 */
public final class MappedGuestMemory implements GuestMemory {
  private final RegionLayout layout;
  private final MemorySegment segment;
  private final Runnable cleanUp;
  private final int fd;
  private final Path path;
  private final AtomicBoolean closed = new AtomicBoolean();

  private MappedGuestMemory(
      RegionLayout layout, MemorySegment segment, int fd, Path path, Runnable cleanUp) {
    this.layout = layout;
    this.segment = segment;
    this.fd = fd;
    this.path = path;
    this.cleanUp = cleanUp;
  }

  /**
   * Memory of this process alone, in huge pages where the host has them: fewer address translations
   * to miss, which is what a random access costs.
   *
   * @throws IllegalStateException in one line, when the host has too little memory
   */
  public static MappedGuestMemory anonymous(RegionLayout layout) {
    MappedGuestMemory memory = anonymousSmallPages(layout);
    // Hosts without huge pages say no, which changes nothing but speed.
    LinuxCalls.madvise(memory.address(), layout.totalBytes(), LinuxCalls.MADV_HUGEPAGE);
    return memory;
  }

  /**
   * Memory of this process alone, in pages of 4 KiB: for memory that is tracked by write protection
   * (which splits huge pages), or stays mostly untouched.
   */
  public static MappedGuestMemory anonymousSmallPages(RegionLayout layout) {
    MemoryLimits.requireMemory("guest memory " + names(layout), layout.totalBytes());
    int flags = LinuxCalls.MAP_PRIVATE | LinuxCalls.MAP_ANONYMOUS | LinuxCalls.MAP_NORESERVE;
    return map(layout, flags, -1, null, () -> {});
  }

  /** Memory behind a file descriptor without a name, for handing to another process. */
  public static MappedGuestMemory memfd(RegionLayout layout, String name) {
    MemoryLimits.requireMemory("guest memory " + names(layout), layout.totalBytes());
    int fd = (int) LinuxCalls.check(LinuxCalls.memfdCreate(name), "memfd_create of " + name);
    return mapFile(layout, fd, null, "memory file " + name, () -> LinuxCalls.close(fd));
  }

  /**
   * Memory in a named file of the shared-memory file system, which other processes can map. The
   * file is removed by {@link #close}.
   */
  public static MappedGuestMemory sharedFile(RegionLayout layout, String name) {
    String what = "guest memory " + names(layout);
    MemoryLimits.requireMemory(what, layout.totalBytes());
    MemoryLimits.requireSpace(what, layout.totalBytes(), SharedMemoryFile.DIRECTORY);
    SharedMemoryFile file = SharedMemoryFile.create(name);
    return mapFile(layout, file.fd(), file.path(), file.path().toString(), file::close);
  }

  /**
   * Memory in a file that stays when it is closed.
   *
   * @param isReserved all of its pages are taken now
   */
  static MappedGuestMemory kept(RegionLayout layout, SharedMemoryFile file, boolean isReserved) {
    boolean isNew = file.extents().sizeBytes() == 0;
    long bytes = layout.totalBytes();
    try {
      if (isNew) {
        String what = "guest memory " + names(layout);
        long needed = isReserved ? KeptMemory.neededBytes(bytes) : bytes;
        MemoryLimits.requireMemory(what, bytes);
        MemoryLimits.requireSpace(what, needed, SharedMemoryFile.DIRECTORY);
        LinuxCalls.check(LinuxCalls.ftruncate(file.fd(), bytes), "making " + file.path());
      }
      if (isReserved) {
        String reserving = "reserving " + bytes + " bytes in " + file.path();
        LinuxCalls.check(LinuxCalls.fallocate(file.fd(), 0, 0, bytes), reserving);
      }
      MappedGuestMemory memory =
          map(layout, LinuxCalls.MAP_SHARED, file.fd(), file.path(), file::leave);
      return isReserved ? memory.populated() : memory;
    } catch (RuntimeException | Error e) {
      if (isNew) {
        file.close();
      } else {
        file.leave();
      }
      throw e;
    }
  }

  /**
   * Memory that another process made: what either writes the other sees. It is not removed.
   *
   * @param file to be opened for it, such as a descriptor of that process in {@code /proc}
   * @param name what that process's list of mappings calls it
   */
  public static MappedGuestMemory foreign(RegionLayout layout, Path file, Path name) {
    int flags = LinuxCalls.O_RDWR;
    int fd = (int) LinuxCalls.check(LinuxCalls.open(file.toString(), flags, 0), "opening " + name);
    try {
      long bytes = new FileExtents(fd, name.toString()).sizeBytes();
      if (bytes < layout.totalBytes()) {
        throw new IllegalStateException(
            name + " has " + bytes + " bytes, the memory " + layout.totalBytes());
      }
      return map(layout, LinuxCalls.MAP_SHARED, fd, name, () -> LinuxCalls.close(fd));
    } catch (RuntimeException e) {
      LinuxCalls.close(fd);
      throw e;
    }
  }

  /**
   * Takes over memory that is mapped already: an image becomes the guest's memory without a copy.
   *
   * @param onClose gives the memory back; run once
   */
  public static MappedGuestMemory adopt(
      RegionLayout layout, MemorySegment segment, Runnable onClose) {
    if (!segment.isNative() || segment.byteSize() != layout.totalBytes()) {
      throw new IllegalArgumentException(
          "regions "
              + names(layout)
              + " have "
              + layout.totalBytes()
              + " bytes, the memory to adopt "
              + segment.byteSize());
    }
    return new MappedGuestMemory(layout, segment, -1, null, onClose);
  }

  @Override
  public RegionLayout layout() {
    return layout;
  }

  @Override
  public long address() {
    return segment.address();
  }

  @Override
  public MemorySegment segment() {
    return segment;
  }

  /** File descriptor behind the memory; -1 where it has none. Open until {@link #close}. */
  public int fd() {
    return fd;
  }

  /** Which parts of the file behind it exist. */
  public FileExtents extents() {
    return new FileExtents(fd, "memory file " + path);
  }

  @Override
  public int nextPresentPage(int from) {
    long at = (long) from * RegionSpec.PAGE_BYTES;
    return fd < 0
        ? from
        : (int) (extents().nextData(at, layout.totalBytes()) / RegionSpec.PAGE_BYTES);
  }

  @Override
  public int nextAbsentPage(int from) {
    long at = (long) from * RegionSpec.PAGE_BYTES;
    long end = layout.totalBytes();
    return (int) ((fd < 0 ? end : extents().nextHole(at, end)) / RegionSpec.PAGE_BYTES);
  }

  /** The file behind it, for other processes to map; null where it has no name. */
  public Path path() {
    return path;
  }

  /** Has the host give all of the memory now instead of at each first write. */
  public void populate() {
    // Hosts older than Linux 5.14 say no, and give it at the first write.
    LinuxCalls.madvise(address(), layout.totalBytes(), LinuxCalls.MADV_POPULATE_WRITE);
  }

  private MappedGuestMemory populated() {
    populate();
    return this;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      cleanUp.run();
    }
  }

  private static MappedGuestMemory mapFile(
      RegionLayout layout, int fd, Path path, String what, Runnable closeFile) {
    try {
      LinuxCalls.check(
          LinuxCalls.ftruncate(fd, layout.totalBytes()),
          "making " + what + " " + layout.totalBytes() + " bytes long");
      return map(layout, LinuxCalls.MAP_SHARED, fd, path, closeFile);
    } catch (RuntimeException e) {
      closeFile.run();
      throw e;
    }
  }

  @SuppressWarnings("restricted") // this is where raw memory enters; the arena guards its end
  private static MappedGuestMemory map(
      RegionLayout layout, int flags, int fd, Path path, Runnable closeFile) {
    long bytes = layout.totalBytes();
    long address =
        LinuxCalls.check(
            LinuxCalls.mmap(bytes, flags, fd), "mapping " + bytes + " bytes of guest memory");
    Arena arena = Arena.ofShared();
    MemorySegment segment =
        MemorySegment.ofAddress(address)
            .reinterpret(bytes, arena, mapped -> LinuxCalls.munmap(address, bytes));
    return new MappedGuestMemory(
        layout,
        segment,
        fd,
        path,
        () -> {
          arena.close();
          closeFile.run();
        });
  }

  private static String names(RegionLayout layout) {
    return layout.regions().stream().map(RegionSpec::name).toList().toString();
  }
}
