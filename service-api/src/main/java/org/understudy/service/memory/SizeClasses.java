package org.understudy.service.memory;

/**
 * Slot sizes of small allocations: steps of 16 bytes up to 128, then four per doubling up to 16
 * KiB, so that rounding up wastes at most a fifth. Each class packs its slots into spans of the
 * fewest pages whose unused tail is at most an eighth.
 */
final class SizeClasses {
  static final int PAGE_BYTES = 4096;
  static final int MAX_SMALL_BYTES = 16 * 1024;
  static final int COUNT = 36;

  /** Steps of 16 bytes end here. */
  private static final int LINEAR_BYTES = 128;

  private static final int[] SLOT_BYTES = new int[COUNT];
  private static final int[] SPAN_PAGES = new int[COUNT];
  private static final int[] SLOTS = new int[COUNT];
  private static final int[] HEADER_BYTES = new int[COUNT];

  static {
    for (int sizeClass = 0; sizeClass < COUNT; sizeClass++) {
      int linear = LINEAR_BYTES / 16;
      int step = sizeClass - linear;
      SLOT_BYTES[sizeClass] =
          step < 0 ? (sizeClass + 1) * 16 : (LINEAR_BYTES << (step / 4)) / 4 * (5 + step % 4);
      fitSpan(sizeClass);
    }
  }

  private SizeClasses() {}

  private static void fitSpan(int sizeClass) {
    int slotBytes = SLOT_BYTES[sizeClass];
    for (int pages = 1; ; pages++) {
      int bytes = pages * PAGE_BYTES;
      int header = headerBytes(bytes / slotBytes);
      int slots = (bytes - header) / slotBytes;
      if (bytes - slots * slotBytes <= bytes / 8) {
        SPAN_PAGES[sizeClass] = pages;
        SLOTS[sizeClass] = slots;
        HEADER_BYTES[sizeClass] = header;
        return;
      }
    }
  }

  /** A count of free slots, then one bit per slot, rounded up so that slots are aligned to 16. */
  private static int headerBytes(int slots) {
    int bitmapBytes = (slots + Long.SIZE - 1) / Long.SIZE * Long.BYTES;
    return (Long.BYTES + bitmapBytes + 15) & ~15;
  }

  /** Class of a request of 1 to {@link #MAX_SMALL_BYTES} bytes. */
  static int of(int bytes) {
    if (bytes <= LINEAR_BYTES) {
      return (bytes - 1) >>> 4;
    }
    int log = 31 - Integer.numberOfLeadingZeros(bytes - 1);
    return 8 + (log - 7) * 4 + (((bytes - 1) >>> (log - 2)) & 3);
  }

  static int slotBytes(int sizeClass) {
    return SLOT_BYTES[sizeClass];
  }

  static int spanPages(int sizeClass) {
    return SPAN_PAGES[sizeClass];
  }

  static int slots(int sizeClass) {
    return SLOTS[sizeClass];
  }

  static int headerBytesOf(int sizeClass) {
    return HEADER_BYTES[sizeClass];
  }
}
