package org.understudy.checkpoint.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.understudy.host.LinuxCallException;
import org.understudy.host.LinuxCalls;

/**
 * Zeroed memory off the heap whose bound is known from the start: its addresses are taken at once,
 * its pages come at their first write and go with {@link #giveBack}. So a part of a node that stays
 * within its bound is never refused memory while it serves, and holds no more than it uses.
 *
 * <p>It does not count as direct memory of the JVM, whose limit, once met, stops the asking thread
 * for half a second. The mapping ends when neither this object nor a buffer of it can be reached.
 */
public final class ReservedMemory {
  private static final long PAGE_BYTES = 4096;

  private final MemorySegment segment;

  private ReservedMemory(MemorySegment segment) {
    this.segment = segment;
  }

  /**
   * Takes so many bytes of addresses.
   *
   * @param what what they are for
   * @throws LinuxCallException if the process may not have them
   */
  @SuppressWarnings("restricted") // the segment's end unmaps what this maps
  public static ReservedMemory of(String what, long bytes) {
    long rounded = roundUp(Math.max(1, bytes));
    int flags = LinuxCalls.MAP_PRIVATE | LinuxCalls.MAP_ANONYMOUS | LinuxCalls.MAP_NORESERVE;
    long address =
        LinuxCalls.check(
            LinuxCalls.mmap(rounded, flags, -1), "reserving " + rounded + " bytes for " + what);
    return new ReservedMemory(
        MemorySegment.ofAddress(address)
            .reinterpret(
                rounded, Arena.ofAuto(), mapped -> LinuxCalls.munmap(mapped.address(), rounded)));
  }

  /** Size of the reserved range: what was asked for, in whole pages. */
  public long bytes() {
    return segment.byteSize();
  }

  /** Where it begins. */
  public long address() {
    return segment.address();
  }

  /** All of it, at most 2 GiB. */
  public ByteBuffer buffer() {
    return segment.asByteBuffer();
  }

  /** A part of it. */
  public ByteBuffer buffer(long offset, int length) {
    return segment.asSlice(offset, length).asByteBuffer();
  }

  /** Gives the host the pages that lie as a whole in a range; they read as zeros afterwards. */
  public void giveBack(long offset, long length) {
    Objects.checkFromIndexSize(offset, length, bytes());
    long from = roundUp(offset);
    long to = (offset + length) & -PAGE_BYTES;
    if (from < to) {
      LinuxCalls.check(
          LinuxCalls.madvise(segment.address() + from, to - from, LinuxCalls.MADV_DONTNEED),
          "giving back " + (to - from) + " bytes of memory");
    }
  }

  /** Gives back everything. */
  public void giveBack() {
    giveBack(0, bytes());
  }

  private static long roundUp(long bytes) {
    return (bytes + PAGE_BYTES - 1) & -PAGE_BYTES;
  }
}
