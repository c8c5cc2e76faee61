package org.understudy.checkpoint.codec.encode;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.codec.format.Mem;
import org.understudy.checkpoint.memory.MemoryBound;
import org.understudy.checkpoint.verify.ContentHash;

/**
 * What the backup's memory holds before a copy, where it is not zero: one hash for each page. A
 * page counts until it is settled, which is once: from then on the backup has what was encoded.
 */
final class BaseTable implements AutoCloseable {
  private static final int ENTRY = ContentHash.BYTES;

  private final int pages;
  private final ContentHash hash = new ContentHash();
  private final UnsafeBuffer ofPage = new UnsafeBuffer(0, 0);

  /** Per page its hash; zeros for a page of zeros, and for one that is settled. */
  private long entries;

  private int end;

  BaseTable(int pages) {
    this.pages = pages;
    entries = Mem.allocateZeroed((long) pages * ENTRY);
  }

  /** All that it takes. */
  static MemoryBound bound(int pages) {
    return MemoryBound.ofNative("hashes of the backup's pages", "", (long) pages * ENTRY);
  }

  /**
   * Hashes of consecutive pages; zeros for a page of zeros.
   *
   * @return false if they are not behind those before, or of no page
   */
  boolean put(int first, DirectBuffer hashes, int offset, int length) {
    int count = length / ENTRY;
    if (length % ENTRY != 0 || first < end || count > pages - first) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      long low = hashes.getLong(offset + i * ENTRY);
      long high = hashes.getLong(offset + i * ENTRY + Long.BYTES);
      long at = entry(first + i);
      Mem.putLong(at, low);
      Mem.putLong(at + Long.BYTES, high);
    }
    end = first + count;
    return true;
  }

  boolean holds(int page) {
    return (Mem.getLong(entry(page)) | Mem.getLong(entry(page) + Long.BYTES)) != 0;
  }

  /** Whether the backup has this content of a page that it holds; the page is settled by that. */
  boolean settle(int page, long content) {
    ofPage.wrap(hash.ofPage(Mem.ALL, content));
    long at = entry(page);
    boolean isEqual =
        ofPage.getLong(0) == Mem.getLong(at)
            && ofPage.getLong(Long.BYTES) == Mem.getLong(at + Long.BYTES);
    Mem.putLong(at, 0);
    Mem.putLong(at + Long.BYTES, 0);
    return isEqual;
  }

  private long entry(int page) {
    return entries + (long) page * ENTRY;
  }

  @Override
  public void close() {
    if (entries != 0) {
      Mem.free(entries);
      entries = 0;
    }
  }
}
