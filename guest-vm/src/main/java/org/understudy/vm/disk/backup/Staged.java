package org.understudy.vm.disk.backup;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;

/**
 * What waits for the disks: records of one epoch or of one round of the initial copy, or other work
 * in their order.
 */
record Staged(long epoch, Arena arena, ByteBuffer records, int bytes, DiskImage.Work work) {
  static Staged records(long epoch, DirectBuffer source, int offset, int length) {
    if (length == 0) {
      return work(epoch, null);
    }
    Arena arena = Arena.ofShared(); // not on the heap, which need not be that large
    try {
      ByteBuffer copy = arena.allocate(length, Long.BYTES).asByteBuffer();
      source.getBytes(offset, copy, 0, length);
      return new Staged(epoch, arena, copy, length, null);
    } catch (OutOfMemoryError e) {
      arena.close();
      throw new IllegalStateException("no memory for " + length + " bytes of disk writes", e);
    }
  }

  static Staged work(long epoch, DiskImage.Work work) {
    return new Staged(epoch, null, ByteBuffer.allocate(0), 0, work);
  }

  void free() {
    if (arena != null) {
      arena.close();
    }
  }
}
