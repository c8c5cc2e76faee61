package org.understudy.vm.device;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Pages of device state that both sides hold, by number; ROMs for the most part. */
final class KnownPages {
  /** 64 MiB; a page beyond is shipped in full each time. */
  static final int MAX_PAGES = 16_384;

  private final List<byte[]> pages = new ArrayList<>();

  int count() {
    return pages.size();
  }

  boolean isFull() {
    return pages.size() == MAX_PAGES;
  }

  MemorySegment page(int number) {
    return MemorySegment.ofArray(pages.get(number));
  }

  boolean matches(int number, MemorySegment state, long position) {
    return MemorySegment.mismatch(
            state,
            position,
            position + StateParser.PAGE_BYTES,
            page(number),
            0,
            StateParser.PAGE_BYTES)
        == -1;
  }

  /** Sets a page, or adds the next one. */
  void set(int number, MemorySegment from, long position) {
    if (number == pages.size()) {
      pages.add(new byte[StateParser.PAGE_BYTES]);
    }
    MemorySegment.copy(from, position, page(number), 0, StateParser.PAGE_BYTES);
  }

  void clear() {
    pages.clear();
  }
}
