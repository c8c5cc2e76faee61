package org.understudy.vm.running;

import java.util.BitSet;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionSpec;

/** Which pages of a memory file exist; the others are zero, and reading them would make them. */
final class UsedPages {
  private UsedPages() {}

  static BitSet of(MappedGuestMemory memory) {
    BitSet used = new BitSet(memory.layout().totalPages());
    memory
        .extents()
        .forEachData(
            0,
            memory.layout().totalBytes(),
            (from, to) -> used.set(page(from), page(to + RegionSpec.PAGE_BYTES - 1)));
    return used;
  }

  private static int page(long at) {
    return (int) (at / RegionSpec.PAGE_BYTES);
  }
}
