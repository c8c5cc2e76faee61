package org.understudy.checkpoint.track;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.understudy.checkpoint.memory.RegionSpec;

/**
 * Written pages of a process by the kernel's soft-dirty marks (bit 55 of {@code /proc/PID/pagemap},
 * taken away by {@code /proc/PID/clear_refs}). Each scan looks at every page, each clearing walks
 * all memory of the process, and marks serve one reader for each process.
 *
 * <p>To read a mark and to take it away are two steps, and a write between them would be forgotten.
 * So marks are taken away only while nothing writes; a scan beside running writers reports what was
 * written since they were taken away last, the same pages again and again.
 *
 * <p>A page that was there and is not any more lost its mark with its entry, so it counts as
 * written.
 */
public final class SoftDirtyScan implements PageScan {
  private static final long SOFT_DIRTY = 1L << 55;
  private static final long PRESENT_OR_SWAPPED = 3L << 62;

  /** 32 MiB of guest memory in one read. */
  private static final int CHUNK_BYTES = 64 << 10;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment chunk = arena.allocate(CHUNK_BYTES, Long.BYTES);
  private final SoftDirtyMarks marks;
  private final int pages;

  /** One bit for each page that was there when marks were taken away last. */
  private final long[] there;

  private boolean isUnreliable;
  private int runStart;

  SoftDirtyScan(SoftDirtyMarks marks, long address, long lengthBytes) {
    this.marks = marks;
    pages = pages(address, lengthBytes);
    there = new long[(pages + Long.SIZE - 1) / Long.SIZE];
  }

  /**
   * A scan of one range of one process.
   *
   * @param address first byte in that process
   * @param lengthBytes a multiple of 4096
   * @throws org.understudy.host.LinuxCallException where that is not allowed
   */
  public static SoftDirtyScan of(long pid, long address, long lengthBytes) {
    pages(address, lengthBytes);
    return new SoftDirtyScan(ProcMarks.of(pid, address), address, lengthBytes);
  }

  private static int pages(long address, long lengthBytes) {
    long count = lengthBytes / RegionSpec.PAGE_BYTES;
    boolean isWhole = (address | lengthBytes) % RegionSpec.PAGE_BYTES == 0;
    if (!isWhole || count < 1 || count > Integer.MAX_VALUE || address < 0) {
      throw new IllegalArgumentException(
          lengthBytes + " bytes at 0x" + Long.toHexString(address) + " are no range of pages");
    }
    if (address + lengthBytes < 0) {
      throw new IllegalArgumentException(
          lengthBytes + " bytes at 0x" + Long.toHexString(address) + " go beyond all memory");
    }
    return (int) count;
  }

  @Override
  public String name() {
    return TrackerKind.SOFT_DIRTY.setting();
  }

  @Override
  public void arm() {
    marks.clear();
    walk((start, end) -> {}, true);
  }

  @Override
  public void scan(Runs runs) {
    report(runs, false);
  }

  @Override
  public void scanPaused(Runs runs) {
    report(runs, true);
    marks.clear();
  }

  private void report(Runs runs, boolean isPaused) {
    // For good: what was lost meanwhile is not known when swapping has ended.
    isUnreliable |= marks.mayGetLost();
    if (isUnreliable) {
      runs.onRun(0, pages);
    } else {
      walk(runs, isPaused);
    }
  }

  private void walk(Runs runs, boolean remember) {
    runStart = -1;
    long totalBytes = (long) pages * Long.BYTES;
    for (long at = 0; at < totalBytes; at += CHUNK_BYTES) {
      int lengthBytes = (int) Math.min(CHUNK_BYTES, totalBytes - at);
      fill(at, lengthBytes);
      look(runs, (int) (at / Long.BYTES), lengthBytes / Long.BYTES, remember);
    }
    if (runStart >= 0) {
      runs.onRun(runStart, pages);
    }
  }

  private void fill(long from, int lengthBytes) {
    int have = 0;
    while (have < lengthBytes) {
      long got = marks.read(from + have, chunk, have, lengthBytes - have);
      if (got < 1 || got > lengthBytes - have) {
        throw new IllegalStateException(
            "the page map ends at page "
                + (from + have) / Long.BYTES
                + " of "
                + pages
                + " (read: "
                + got
                + "): that process has ended");
      }
      have += (int) got;
    }
  }

  private void look(Runs runs, int firstPage, int count, boolean remember) {
    for (int i = 0; i < count; i++) {
      long entry = chunk.getAtIndex(JAVA_LONG, i);
      int page = firstPage + i;
      long bit = 1L << page;
      boolean isThere = (entry & PRESENT_OR_SWAPPED) != 0;
      boolean wasThere = (there[page >>> 6] & bit) != 0;
      if ((entry & SOFT_DIRTY) != 0 || wasThere && !isThere) {
        runStart = runStart < 0 ? page : runStart;
      } else if (runStart >= 0) {
        runs.onRun(runStart, page);
        runStart = -1;
      }
      if (remember && isThere != wasThere) {
        there[page >>> 6] ^= bit;
      }
    }
  }

  @Override
  public long memoryBytes() {
    return CHUNK_BYTES + (long) there.length * Long.BYTES;
  }

  @Override
  public void close() {
    marks.close();
    arena.close();
  }
}
