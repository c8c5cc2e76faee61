package org.understudy.checkpoint.track;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.understudy.checkpoint.memory.GuestMemory;

/**
 * A kernel with soft-dirty marks for memory of this process, on one that has none: what was written
 * is found by asynchronous write protection, and kept until it is cleared. As with the real one a
 * write between a read and a clearing is forgotten.
 */
final class EmulatedMarks implements SoftDirtyMarks {
  private static final long SOFT_DIRTY = 1L << 55;
  private static final long PRESENT = 1L << 63;

  private final BitSet marked = new BitSet();
  private final BitSet present = new BitSet();
  private final AsyncWriteProtection protection;
  private final MappingScan scan;

  /** Called before marks are taken away, after they were read. */
  Runnable beforeClear = () -> {};

  EmulatedMarks(GuestMemory memory) {
    long address = memory.address();
    long bytes = memory.layout().totalBytes();
    protection = new AsyncWriteProtection(address, bytes);
    scan = MappingScan.ofAll(0, address, bytes);
  }

  static PageScan scan(GuestMemory memory) {
    return new SoftDirtyScan(
        new EmulatedMarks(memory), memory.address(), memory.layout().totalBytes());
  }

  @Override
  public long read(long offset, MemorySegment into, long at, long lengthBytes) {
    if (offset == 0) {
      look();
    }
    for (long byteAt = 0; byteAt < lengthBytes; byteAt += Long.BYTES) {
      int page = (int) ((offset + byteAt) / Long.BYTES);
      long entry = (marked.get(page) ? SOFT_DIRTY : 0) | (present.get(page) ? PRESENT : 0);
      into.set(JAVA_LONG_UNALIGNED, at + byteAt, entry);
    }
    return lengthBytes;
  }

  private void look() {
    scan.scan((first, last) -> {
      marked.set(first, last);
      present.set(first, last);
    });
  }

  @Override
  public void clear() {
    beforeClear.run();
    look();
    marked.clear();
  }

  @Override
  public boolean mayGetLost() {
    return false;
  }

  @Override
  public void close() {
    protection.close();
    scan.close();
  }
}
