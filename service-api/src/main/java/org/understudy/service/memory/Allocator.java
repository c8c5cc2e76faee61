package org.understudy.service.memory;

/**
 * Allocates in protected memory; everything that it knows lies there too. Offsets are never 0, so 0
 * can stand for "none", and are multiples of 16.
 */
public interface Allocator {
  /**
   * Allocates at least this many bytes. Their content is undefined (what an earlier owner left).
   *
   * @throws OutOfProtectedMemoryException if no free range is long enough; nothing has changed
   * @throws IllegalArgumentException if {@code bytes} is not positive
   */
  long allocate(long bytes);

  /**
   * Frees an allocation.
   *
   * @throws IllegalArgumentException if no allocation starts there (also after a double free)
   */
  void free(long offset);

  /** Bytes that can be used at this allocation: what was asked for, rounded up. */
  long usableBytes(long offset);

  /**
   * Bytes that {@link #allocate} would make usable for this request, so that a caller can tell
   * whether a new value fits the old place without waste.
   */
  long roundUp(long bytes);

  /** Bytes in allocations, rounded up as they are. */
  long allocatedBytes();

  /** Bytes that could still be allocated in single pages. */
  long freePageBytes();

  /** Bytes of the whole memory. */
  long totalBytes();
}
