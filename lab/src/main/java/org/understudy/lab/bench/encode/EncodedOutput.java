package org.understudy.lab.bench.encode;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** Everything that a decoder is given: pieces of encoded bytes, one after the other. */
final class EncodedOutput implements AutoCloseable {
  /** One piece, by the epoch that it belongs to. */
  record Piece(int epoch, long address, int length) {}

  private final Arena arena = Arena.ofShared();
  private final long base;
  private final long capacity;
  private final List<Piece> pieces = new ArrayList<>();
  private long used;

  /** Room for all pages of a file, even where a codec makes them larger. */
  EncodedOutput(PairFile pairs) {
    capacity = (long) pairs.pages() * (Raw.PAGE + 64) + (4L << 20);
    base = Raw.allocate(arena, capacity);
  }

  void clear() {
    pieces.clear();
    used = 0;
  }

  /** Where the next piece goes. */
  long address() {
    return base + used;
  }

  int room() {
    return (int) Math.min(capacity - used, Integer.MAX_VALUE - 8);
  }

  void add(int epoch, int length) {
    pieces.add(new Piece(epoch, address(), length));
    used += length;
  }

  List<Piece> pieces() {
    return pieces;
  }

  long bytes() {
    return used;
  }

  @Override
  public void close() {
    arena.close();
  }
}
