package org.understudy.kv;

import org.understudy.service.memory.Allocator;
import org.understudy.service.memory.OutOfProtectedMemoryException;

/**
 * The allocator, with one more thing to try before it gives up: freeing what FLUSHALL left to be
 * freed in slices.
 */
final class Space {
  private final Allocator allocator;
  private Reclaimer reclaimer = () -> false;

  /** Frees a slice of memory that is no longer used. */
  @FunctionalInterface
  interface Reclaimer {
    /** False if there was nothing to free. */
    boolean reclaim();
  }

  Space(Allocator allocator) {
    this.allocator = allocator;
  }

  void reclaimer(Reclaimer newReclaimer) {
    reclaimer = newReclaimer;
  }

  /** Allocates, or throws {@link OutOfProtectedMemoryException} with nothing changed. */
  long allocate(long bytes) {
    while (true) {
      try {
        return allocator.allocate(bytes);
      } catch (OutOfProtectedMemoryException e) {
        if (!reclaimer.reclaim()) {
          throw e;
        }
      }
    }
  }

  void free(long offset) {
    allocator.free(offset);
  }

  long usableBytes(long offset) {
    return allocator.usableBytes(offset);
  }

  long roundUp(long bytes) {
    return allocator.roundUp(bytes);
  }

  Allocator allocator() {
    return allocator;
  }
}
