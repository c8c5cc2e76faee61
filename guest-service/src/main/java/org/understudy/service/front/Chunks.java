package org.understudy.service.front;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.understudy.checkpoint.memory.ReservedMemory;

/**
 * Equal pieces of memory in which bytes wait; their number is fixed and reserved at once, so that
 * taking one never meets a limit of the process. Beyond a small stock, pieces that come back give
 * their pages to the host.
 */
final class Chunks {
  /** Long enough for one read or write. */
  static final int LARGE_BYTES = 64 * 1024;

  /** For the short replies of most clients: thousands that wait with one each cost little. */
  static final int SMALL_BYTES = 4 * 1024;

  /** Free memory that is kept: the next replies find it warm. */
  private static final int STOCK_BYTES = 16 << 20;

  private final ReservedMemory memory;
  private final int chunkBytes;
  private final int count;
  private final ArrayDeque<Chunk> warm = new ArrayDeque<>();
  private final ArrayDeque<Chunk> cold = new ArrayDeque<>();
  private int made;

  /**
   * A pool.
   *
   * @param what what it is for
   * @param chunkBytes bytes of one chunk, a multiple of 4096
   * @param count most chunks
   */
  Chunks(String what, int chunkBytes, int count) {
    this.chunkBytes = chunkBytes;
    this.count = count;
    memory = ReservedMemory.of(what, (long) chunkBytes * count);
  }

  /** Bytes that wait, from {@code read} to {@code written}. */
  static final class Chunk {
    final ByteBuffer buffer;
    private final Chunks owner;
    private final long offset;
    int read;
    int written;

    private Chunk(Chunks owner, long offset) {
      this.owner = owner;
      this.offset = offset;
      buffer = owner.memory.buffer(offset, owner.chunkBytes);
    }

    boolean isFull() {
      return written == buffer.capacity();
    }

    void giveBack() {
      owner.giveBack(this);
    }
  }

  /** An empty chunk, the one used last if possible; null if all are in use. */
  Chunk take() {
    Chunk chunk = warm.isEmpty() ? cold.pollLast() : warm.pollLast();
    if (chunk == null) {
      return made == count ? null : new Chunk(this, (long) chunkBytes * made++);
    }
    chunk.read = 0;
    chunk.written = 0;
    return chunk;
  }

  private void giveBack(Chunk chunk) {
    if ((long) warm.size() * chunkBytes < STOCK_BYTES) {
      warm.addLast(chunk);
    } else {
      memory.giveBack(chunk.offset, chunkBytes);
      cold.addLast(chunk);
    }
  }

  /** Chunks that can be taken. */
  int available() {
    return count - made + warm.size() + cold.size();
  }

  /** Memory that is backed by pages of the host, or may be. */
  long residentBytes() {
    return (long) (made - cold.size()) * chunkBytes;
  }

  /** Gives everything back; chunks must not be used any more. */
  void close() {
    memory.giveBack();
  }
}
