package org.understudy.kv;

import org.understudy.service.memory.ProtectedMemory;

/**
 * A growing array of 8-byte words in protected memory. It consists of segments found through a
 * directory, so that growing never moves or clears more than one segment (and a directory that is
 * 4,096 times shorter than the array). Its 16 bytes of description lie where the owner says.
 */
final class WordArray {
  /** Bytes of the description: u64 directory, u32 directory capacity, u32 segments. */
  static final int DESCRIPTION_BYTES = 16;

  /** Words of one segment: 32 KiB, cleared in a few microseconds. */
  static final int SEGMENT_WORDS = 4096;

  private static final int SEGMENT_SHIFT = 12;
  private static final int SEGMENT_BYTES = SEGMENT_WORDS * Long.BYTES;
  private static final int FIRST_DIRECTORY_CAPACITY = 8;

  private final ProtectedMemory memory;
  private final Space space;
  private final long description;

  /** Copies of what the description says, for speed. */
  private long directory;

  private int segments;

  /** The array whose description lies at this offset; all zero bytes describe an empty one. */
  WordArray(ProtectedMemory memory, Space space, long description) {
    this.memory = memory;
    this.space = space;
    this.description = description;
    directory = memory.getLong(description);
    segments = memory.getInt(description + 12);
  }

  long get(long index) {
    return memory.getLong(address(index));
  }

  void set(long index, long word) {
    memory.putLong(address(index), word);
  }

  /** Words that can be used. */
  long capacity() {
    return (long) segments << SEGMENT_SHIFT;
  }

  /** Makes an index usable; new words are 0. Nothing has changed if memory runs out. */
  void ensure(long index) {
    while (index >= capacity()) {
      addSegment();
    }
  }

  /** Frees everything. */
  void free() {
    for (int i = 0; i < segments; i++) {
      space.free(memory.getLong(directory + (long) i * Long.BYTES));
    }
    if (directory != 0) {
      space.free(directory);
    }
    describe(0, 0, 0);
  }

  private void addSegment() {
    long segment = space.allocate(SEGMENT_BYTES);
    int capacity = memory.getInt(description + 8);
    if (segments == capacity) {
      try {
        growDirectory(capacity);
      } catch (RuntimeException e) {
        space.free(segment);
        throw e;
      }
    }
    memory.setMemory(segment, SEGMENT_BYTES, (byte) 0);
    memory.putLong(directory + (long) segments * Long.BYTES, segment);
    describe(directory, memory.getInt(description + 8), segments + 1);
  }

  private void growDirectory(int capacity) {
    int grown = Math.max(FIRST_DIRECTORY_CAPACITY, capacity * 2);
    long moved = space.allocate((long) grown * Long.BYTES);
    if (directory != 0) {
      memory.copy(directory, moved, (long) segments * Long.BYTES);
      space.free(directory);
    }
    describe(moved, grown, segments);
  }

  private void describe(long newDirectory, int capacity, int newSegments) {
    directory = newDirectory;
    segments = newSegments;
    memory.putLong(description, newDirectory);
    memory.putInt(description + 8, capacity);
    memory.putInt(description + 12, newSegments);
  }

  private long address(long index) {
    long segment = memory.getLong(directory + (index >>> SEGMENT_SHIFT << 3));
    return segment + ((index & (SEGMENT_WORDS - 1)) << 3);
  }
}
