package org.understudy.checkpoint.track;

import java.lang.foreign.MemorySegment;

/** The kernel's soft-dirty marks of one process. */
interface SoftDirtyMarks extends AutoCloseable {
  /**
   * Reads entries of the page map, 8 bytes each, as {@code pread} does.
   *
   * @param offset of the first byte, from the entry of the first page of interest on
   * @param at where the bytes go in the segment
   * @return how many bytes it got, possibly fewer; 0 where the process has no memory any more
   */
  long read(long offset, MemorySegment into, long at, long lengthBytes);

  /** Takes all marks of the process away; whatever is written from now on is marked. */
  void clear();

  /** Whether pages may lose marks on this host that nobody took away. */
  boolean mayGetLost();

  @Override
  void close();
}
