package org.understudy.service.front;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Pool of the fixed-size direct buffers in which bytes wait. It never gives memory back, so that
 * writing a reply allocates nothing; what it can grow to is bounded by the limit on queued bytes.
 */
final class Chunks {
  /** Long enough for one read, short enough that many clients with one each cost little. */
  static final int CHUNK_BYTES = 64 * 1024;

  private final ArrayDeque<Chunk> free = new ArrayDeque<>();

  /** Bytes that wait, from {@code read} to {@code written}. */
  static final class Chunk {
    final ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES);
    int read;
    int written;
  }

  /** An empty chunk: the one used last, whose bytes are most likely still in the cache. */
  Chunk take() {
    Chunk chunk = free.pollLast();
    if (chunk == null) {
      return new Chunk();
    }
    chunk.read = 0;
    chunk.written = 0;
    return chunk;
  }

  void giveBack(Chunk chunk) {
    free.addLast(chunk);
  }
}
