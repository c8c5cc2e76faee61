package org.understudy.simulation;

/** What a model primary remembers of the content that it shipped last. */
final class SimShadow {
  private final long[] pages = new long[SimGuest.PAGES];
  private final long[] disk = new long[SimGuest.DISK_BLOCKS];

  /** A new copy: the backup has nothing. */
  void forget() {
    java.util.Arrays.fill(pages, 0);
    java.util.Arrays.fill(disk, 0);
  }

  /** The backup says what it has. */
  void takeBase(long[] base) {
    System.arraycopy(base, 0, pages, 0, pages.length);
  }

  /** As the real codec: against the shadow, so that a missed or doubled epoch shows for ever. */
  long difference(SimCapture taken, int page) {
    long value = taken.pages[page] - pages[page];
    pages[page] = taken.pages[page];
    return value;
  }

  long[] diskWrites(SimCapture taken) {
    long[] writes = new long[SimGuest.DISK_BLOCKS];
    for (int i = 0; i < writes.length; i++) {
      writes[i] = taken.disk[i] - disk[i];
      disk[i] = taken.disk[i];
    }
    return writes;
  }
}
