package org.understudy.vm.guest;

import java.util.BitSet;
import org.understudy.checkpoint.memory.LinuxCalls;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionSpec;

/** Which pages of a memory file exist; the others are zero, and reading them would make them. */
final class UsedPages {
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;

  private UsedPages() {}

  static BitSet of(MappedGuestMemory memory) {
    BitSet used = new BitSet(memory.layout().totalPages());
    long end = memory.layout().totalBytes();
    long at = 0;
    while (at < end) {
      long data = LinuxCalls.lseek(memory.fd(), at, SEEK_DATA);
      if (data == -LinuxCalls.ENXIO) {
        break; // only a hole is left
      }
      LinuxCalls.check(data, "looking for data in " + memory.path());
      at =
          LinuxCalls.check(
              LinuxCalls.lseek(memory.fd(), data, SEEK_HOLE),
              "looking for holes in " + memory.path());
      used.set(
          (int) (data / RegionSpec.PAGE_BYTES),
          (int) ((at + RegionSpec.PAGE_BYTES - 1) / RegionSpec.PAGE_BYTES));
    }
    return used;
  }
}
