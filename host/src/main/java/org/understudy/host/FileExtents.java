package org.understudy.host;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Where an open file has data, and where holes, which are zero and take no room.
 *
 * @param fd stays the caller's
 * @param name for messages
 */
public record FileExtents(int fd, String name) {
  /** Takes a range of a file. */
  @FunctionalInterface
  public interface Ranges {
    /** First byte, and the byte after the last. */
    void onRange(long from, long to);
  }

  private static final int SEEK_END = 2;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final long TMPFS = 0x01021994;
  private static final long STATFS_BYTES = 256;

  /** The file's length, holes and all. */
  public long sizeBytes() {
    return LinuxCalls.check(LinuxCalls.lseek(fd, 0, SEEK_END), "the size of " + name);
  }

  /**
   * First byte of data at or after a place; {@code end} where there is none before it.
   *
   * @throws LinuxCallException where the file system does not say
   */
  public long nextData(long from, long end) {
    return seek(from, end, SEEK_DATA);
  }

  /** First byte of a hole at or after a place; {@code end} where there is none before it. */
  public long nextHole(long from, long end) {
    return seek(from, end, SEEK_HOLE);
  }

  /** All data within a range, ascending, as the file is when each piece is asked for. */
  public void forEachData(long from, long end, Ranges ranges) {
    long data = nextData(from, end);
    while (data < end) {
      long hole = nextHole(data, end);
      ranges.onRange(data, hole);
      data = nextData(hole, end);
    }
  }

  private long seek(long from, long end, int whence) {
    if (from >= end) {
      return end;
    }
    long found = LinuxCalls.lseek(fd, from, whence);
    if (found == -LinuxCalls.ENXIO) {
      return end; // nothing but a hole up to the end of the file
    }
    if (found < 0) {
      LinuxCalls.check(found, "looking for holes of " + name);
    }
    return Math.min(end, found);
  }

  /**
   * Whether the file lies in memory (tmpfs, memfd): there each page that was ever touched is data,
   * swapped out or not, until somebody punches a hole.
   */
  public boolean areInMemory() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment statfs = arena.allocate(STATFS_BYTES, Long.BYTES);
      LinuxCalls.check(
          LinuxCalls.systemCall(138, 44, fd, statfs.address(), 0, 0), "file system of " + name);
      return statfs.get(JAVA_LONG, 0) == TMPFS;
    }
  }
}
