package org.understudy.checkpoint.codec.decode;

import java.nio.ByteBuffer;
import org.understudy.checkpoint.codec.format.BatchFormat;
import org.understudy.checkpoint.codec.format.Mem;

/** One validated batch that waits for its epoch: its streams, decompressed. Reused. */
final class StagedBatch implements AutoCloseable {
  private static final int GRAIN = 16 * 1024;

  final int[] pageNumbers = new int[BatchFormat.MAX_PAGES];
  int pages;
  int mode;
  int unitShift;
  boolean ascending;
  private final int[] offsets = new int[BatchFormat.STREAMS];
  private final int[] lengths = new int[BatchFormat.STREAMS];
  private long memory;
  private int capacity;
  private ByteBuffer view;
  private long shared;
  private int sharedCapacity;

  /** Memory that streams of these lengths take. */
  static int needed(int[] rawLengths) {
    int sum = 0;
    for (int length : rawLengths) {
      sum += length + BatchFormat.SLACK;
    }
    return roundUp(sum);
  }

  static int roundUp(int bytes) {
    return bytes + GRAIN - 1 & -GRAIN;
  }

  /** Bytes held, in use or not. */
  int capacity() {
    return capacity + sharedCapacity;
  }

  void reserve(int[] rawLengths) {
    int needed = needed(rawLengths);
    if (needed > capacity) {
      releaseStreams();
      memory = Mem.allocateZeroed(needed);
      capacity = needed;
      view = Mem.view(memory, needed);
    }
    int at = 0;
    for (int stream = 0; stream < BatchFormat.STREAMS; stream++) {
      offsets[stream] = at;
      lengths[stream] = rawLengths[stream];
      at += rawLengths[stream] + BatchFormat.SLACK;
    }
  }

  void reserveShared(int bytes) {
    if (bytes > sharedCapacity) {
      releaseShared();
      shared = Mem.allocateZeroed(bytes);
      sharedCapacity = bytes;
    }
  }

  /** Room for the content of shared pages, in the order of their records. */
  long shared() {
    return shared;
  }

  ByteBuffer view() {
    return view;
  }

  int offset(int stream) {
    return offsets[stream];
  }

  int length(int stream) {
    return lengths[stream];
  }

  long address(int stream) {
    return memory + offsets[stream];
  }

  private void releaseStreams() {
    if (memory != 0) {
      Mem.free(memory);
      memory = 0;
      capacity = 0;
    }
  }

  private void releaseShared() {
    if (shared != 0) {
      Mem.free(shared);
      shared = 0;
      sharedCapacity = 0;
    }
  }

  @Override
  public void close() {
    releaseStreams();
    releaseShared();
  }
}
