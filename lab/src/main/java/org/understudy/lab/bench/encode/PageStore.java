package org.understudy.lab.bench.encode;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Contents of pages by address. */
final class PageStore implements AutoCloseable {
  private static final int BLOCK_PAGES = 1024;
  private final Arena arena = Arena.ofConfined();
  private final List<ByteBuffer> blocks = new ArrayList<>();
  private final Map<Long, Integer> slots = new HashMap<>();

  void put(long address, ByteBuffer bytes) {
    int slot = slots.computeIfAbsent(address, key -> slots.size());
    if (slot / BLOCK_PAGES == blocks.size()) {
      blocks.add(arena.allocate((long) BLOCK_PAGES * Raw.PAGE).asByteBuffer());
    }
    blocks.get(slot / BLOCK_PAGES).put(slot % BLOCK_PAGES * Raw.PAGE, bytes, 0, Raw.PAGE);
  }

  /** The bytes of a page, or null if it is not here. */
  ByteBuffer get(long address) {
    Integer slot = slots.get(address);
    return slot == null
        ? null
        : blocks.get(slot / BLOCK_PAGES).slice(slot % BLOCK_PAGES * Raw.PAGE, Raw.PAGE);
  }

  int pages() {
    return slots.size();
  }

  @Override
  public void close() {
    arena.close();
  }
}
