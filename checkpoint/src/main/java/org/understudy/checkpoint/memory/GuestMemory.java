package org.understudy.checkpoint.memory;

import java.lang.foreign.MemorySegment;

/**
 * The regions of a guest, mapped back to back: page {@code n} of the layout is at {@code address()
 * + 4096 * n}. Addresses never leave the engine's own packages.
 */
public interface GuestMemory extends AutoCloseable {
  /** Names and lengths of the regions. */
  RegionLayout layout();

  /** First byte. */
  long address();

  /** All regions as one segment. */
  MemorySegment segment();

  /**
   * The first page from there on that may hold something; the number of pages where none does. What
   * is passed over is zero, and need not be touched to know it.
   */
  default int nextPresentPage(int from) {
    return from;
  }

  /** The first page from there on that takes no memory; the number of pages where none is known. */
  default int nextAbsentPage(int from) {
    return layout().totalPages();
  }

  /** Unmaps. Nothing may touch the memory afterwards. Idempotent. */
  @Override
  void close();
}
