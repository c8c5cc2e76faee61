package org.understudy.checkpoint.codec.encode;

import org.understudy.checkpoint.codec.format.Mem;
import org.understudy.checkpoint.codec.format.Sharing;

/**
 * Finds a page whose content of the previous epoch equals a given one: a hash table from content to
 * page number over the shadow, each hit verified byte for byte. Where it does not pay it stays
 * silent, and is tried again from time to time.
 */
final class SharingIndex implements AutoCloseable {
  private static final int MAX_SLOTS = 1 << 20;

  /** Look-ups after which {@link Sharing#AUTO} judges, and the share of hits that it asks for. */
  private static final int WINDOW = 1024;

  private static final int MIN_HITS = WINDOW / 128;

  /** Candidates that pass unseen after sharing did not pay. */
  private static final int PAUSE = 64 * WINDOW;

  private final Shadow shadow;
  private final BlockHash hash;
  private final boolean adaptive;
  private final int pages;
  private final int mask;

  /** Per slot: page + 1, and per page the stamp of its last change. */
  private final long slots;

  private final long stamps;
  private int lookups;
  private int hits;
  private int pause;

  SharingIndex(int pages, Shadow shadow, BlockHash hash, Sharing sharing) {
    this.pages = pages;
    this.shadow = shadow;
    this.hash = hash;
    this.adaptive = sharing == Sharing.AUTO;
    this.mask = slots(pages) - 1;
    this.slots = Mem.allocateZeroed((mask + 1L) * Integer.BYTES);
    this.stamps = Mem.allocateZeroed((long) pages * Integer.BYTES);
  }

  private static int slots(int pages) {
    return Integer.highestOneBit(Math.clamp(pages, 64, MAX_SLOTS / 2)) << 1;
  }

  /** All that it takes. */
  static long ceilingBytes(int pages) {
    return ((long) slots(pages) + pages) * Integer.BYTES;
  }

  /** Hash of a candidate, or 0 while sharing is silent. */
  long candidate(long content) {
    if (pause > 0) {
      pause--;
      return 0;
    }
    if (adaptive && ++lookups == WINDOW) {
      pause = hits < MIN_HITS ? PAUSE : 0;
      lookups = 0;
      hits = 0;
    }
    return hash.hash(content, Mem.PAGE) | 1;
  }

  /**
   * A page that held this content before the stamp, or -1.
   *
   * @param stamp pages changed under this stamp are no source: the backup has their old content
   */
  int find(long candidate, long content, int stamp) {
    int page = Mem.getInt(slotOf(candidate)) - 1;
    if (page < 0 || stampOf(page) == stamp || !shadow.isShipped(page) || shadow.isHashed(page)) {
      return -1;
    }
    long old = shadow.copy(page);
    for (int at = 0; at < Mem.PAGE; at += Long.BYTES) {
      if (Mem.getLong(old + at) != Mem.getLong(content + at)) {
        return -1;
      }
    }
    hits++;
    return page;
  }

  /** The page now holds the content of this candidate. */
  void put(long candidate, int page) {
    Mem.putInt(slotOf(candidate), page + 1);
  }

  /** The page changes under this stamp. */
  void changed(int page, int stamp) {
    Mem.putInt(stamps + (long) page * Integer.BYTES, stamp);
  }

  private int stampOf(int page) {
    return Mem.getInt(stamps + (long) page * Integer.BYTES);
  }

  private long slotOf(long candidate) {
    return slots + (candidate >>> 20 & mask) * Integer.BYTES;
  }

  long memoryBytes() {
    return (mask + 1L + pages) * Integer.BYTES;
  }

  @Override
  public void close() {
    Mem.free(slots);
    Mem.free(stamps);
  }
}
