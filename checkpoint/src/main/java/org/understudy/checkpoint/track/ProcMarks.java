package org.understudy.checkpoint.track;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.understudy.host.LinuxCalls;

/** Soft-dirty marks by the files of {@code /proc}. */
final class ProcMarks implements SoftDirtyMarks {
  private static final Path PROC = Path.of("/proc");
  private static final byte SOFT_DIRTY_ONLY = '4';
  private static final long ENTRY_BYTES = Long.BYTES;
  private static final int PAGE_SHIFT = 12;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment order = arena.allocateFrom(JAVA_BYTE, SOFT_DIRTY_ONLY);
  private final MemorySegment text = arena.allocate(512);
  private final long start;
  private final int pagemap;
  private final int clearRefs;
  private final int swaps;

  /**
   * Opens the files.
   *
   * @param process directory with {@code pagemap} and {@code clear_refs}
   * @param swaps list of what the host swaps to, below a headline
   * @param address of the first page of interest
   * @throws org.understudy.host.LinuxCallException where that is not allowed
   */
  ProcMarks(Path process, Path swaps, long address) {
    start = (address >>> PAGE_SHIFT) * ENTRY_BYTES;
    pagemap = open(process.resolve("pagemap"), 0);
    int writable = -1;
    try {
      writable = open(process.resolve("clear_refs"), LinuxCalls.O_WRONLY);
      this.swaps = open(swaps, 0);
      clearRefs = writable;
    } catch (RuntimeException e) {
      LinuxCalls.close(pagemap);
      LinuxCalls.close(writable);
      throw e;
    }
  }

  static ProcMarks of(long pid, long address) {
    return new ProcMarks(PROC.resolve(Long.toString(pid)), PROC.resolve("swaps"), address);
  }

  private static int open(Path file, int flags) {
    return (int) LinuxCalls.check(LinuxCalls.open(file.toString(), flags, 0), "opening " + file);
  }

  @Override
  public long read(long offset, MemorySegment into, long at, long lengthBytes) {
    return LinuxCalls.check(
        LinuxCalls.pread(pagemap, into, at, lengthBytes, start + offset), "reading the page map");
  }

  @Override
  public void clear() {
    LinuxCalls.check(LinuxCalls.write(clearRefs, order), "clearing soft-dirty marks");
  }

  /**
   * A page of shared memory leaves the page table when it is swapped out, and its mark with it: no
   * swap, or no trust.
   */
  @Override
  public boolean mayGetLost() {
    long length =
        LinuxCalls.check(LinuxCalls.pread(swaps, text, 0, text.byteSize(), 0), "reading the swaps");
    for (long at = 0; at < length - 1; at++) {
      if (text.get(JAVA_BYTE, at) == '\n') {
        return true; // something below the headline
      }
    }
    return false;
  }

  @Override
  public void close() {
    LinuxCalls.close(pagemap);
    LinuxCalls.close(clearRefs);
    LinuxCalls.close(swaps);
    arena.close();
  }
}
