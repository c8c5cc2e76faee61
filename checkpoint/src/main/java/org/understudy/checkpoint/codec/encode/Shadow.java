package org.understudy.checkpoint.codec.encode;

import org.understudy.checkpoint.codec.format.Mem;

/**
 * What the primary remembers of the last shipped content: copies of pages under a memory budget,
 * and beyond it one keyed 64-bit hash per block. Pages that were never shipped are zeros on both
 * sides and cost nothing.
 */
final class Shadow implements AutoCloseable {
  private static final int CHUNK_SHIFT = 8;
  private static final int CHUNK_SLOTS = 1 << CHUNK_SHIFT;

  private final int pages;
  private final long copySlots;
  private final int blockBytes;
  private final int hashBytes;
  private final BlockHash hash;

  /** Per page: 0 never shipped, slot + 1 of a copy, or -(slot + 1) of hashes. */
  private long entries;

  private final long[] copyChunks;
  private final long[] hashChunks;
  private int copiesUsed;
  private int hashesUsed;

  Shadow(int pages, long budgetBytes, int blockBytes, BlockHash hash) {
    this.pages = pages;
    this.copySlots = Math.min(pages, budgetBytes / Mem.PAGE);
    this.blockBytes = blockBytes;
    this.hashBytes = Mem.PAGE / blockBytes * Long.BYTES;
    this.hash = hash;
    this.copyChunks = new long[chunksFor(copySlots)];
    this.hashChunks = new long[chunksFor(pages - copySlots)];
    this.entries = Mem.allocateZeroed((long) pages * Integer.BYTES);
  }

  /** Most memory of a shadow with this budget: every page is known. */
  static long ceilingBytes(int pages, long budgetBytes, int blockBytes) {
    long copies = Math.min(pages, budgetBytes / Mem.PAGE);
    long hashBytes = Mem.PAGE / blockBytes * Long.BYTES;
    return (long) chunksFor(copies) * CHUNK_SLOTS * Mem.PAGE
        + chunksFor(pages - copies) * CHUNK_SLOTS * hashBytes
        + (long) pages * Integer.BYTES;
  }

  private static int chunksFor(long slots) {
    return (int) ((slots + CHUNK_SLOTS - 1) >>> CHUNK_SHIFT);
  }

  /** Whether the page is known by hashes only. */
  boolean isHashed(int page) {
    return entry(page) < 0;
  }

  /** Whether something was shipped for this page. */
  boolean isShipped(int page) {
    return entry(page) != 0;
  }

  /** Address of the old content; zeros for a page never shipped. Not for hashed pages. */
  long copy(int page) {
    int entry = entry(page);
    return entry == 0 ? Mem.ZERO_PAGE : slot(copyChunks, entry - 1, Mem.PAGE);
  }

  /** Remembers the changed 64-byte blocks of a page that has just been encoded. */
  void update(int page, long content, long changed) {
    int entry = entry(page);
    if (entry == 0) {
      remember(page, content);
    } else if (changed == -1L) {
      Mem.copy(content, slot(copyChunks, entry - 1, Mem.PAGE), Mem.PAGE);
    } else {
      long to = slot(copyChunks, entry - 1, Mem.PAGE);
      for (long rest = changed; rest != 0; rest &= rest - 1) {
        long at = (long) Long.numberOfTrailingZeros(rest) << 6;
        Mem.copyBlock(content + at, to + at);
      }
    }
  }

  /**
   * Compares a hashed page by hash, remembers the new ones; bits stand for 64-byte blocks. Only
   * blocks that touch {@code among} are looked at.
   */
  long compareAndUpdateHashes(int page, long content, long among) {
    long at = slot(hashChunks, -entry(page) - 1, hashBytes);
    long unit = unitMask();
    int step = blockBytes >>> 6;
    long changed = 0;
    for (int block = 0; block < 64; block += step, at += Long.BYTES) {
      if ((among & unit << block) != 0) {
        long h = hash.hash(content + ((long) block << 6), blockBytes);
        if (h != Mem.getLong(at)) {
          Mem.putLong(at, h);
          changed |= unit << block;
        }
      }
    }
    return changed;
  }

  private long unitMask() {
    return (1L << (blockBytes >>> 6)) - 1;
  }

  private void remember(int page, long content) {
    if (copiesUsed < copySlots) {
      claim(copyChunks, copiesUsed, Mem.PAGE);
      Mem.copy(content, slot(copyChunks, copiesUsed, Mem.PAGE), Mem.PAGE);
      putEntry(page, ++copiesUsed);
    } else {
      claim(hashChunks, hashesUsed, hashBytes);
      long at = slot(hashChunks, hashesUsed, hashBytes);
      for (int offset = 0; offset < Mem.PAGE; offset += blockBytes, at += Long.BYTES) {
        Mem.putLong(at, hash.hash(content + offset, blockBytes));
      }
      putEntry(page, - ++hashesUsed);
    }
  }

  private int entry(int page) {
    return Mem.getInt(entries + (long) page * Integer.BYTES);
  }

  private void putEntry(int page, int value) {
    Mem.putInt(entries + (long) page * Integer.BYTES, value);
  }

  private static long slot(long[] chunks, int slot, int bytes) {
    return chunks[slot >>> CHUNK_SHIFT] + (long) (slot & CHUNK_SLOTS - 1) * bytes;
  }

  private static void claim(long[] chunks, int slot, int bytes) {
    if (chunks[slot >>> CHUNK_SHIFT] == 0) {
      chunks[slot >>> CHUNK_SHIFT] = Mem.allocateZeroed((long) CHUNK_SLOTS * bytes);
    }
  }

  /** Everything is zeros again; memory is given back. */
  void reset() {
    close();
    entries = Mem.allocateZeroed((long) pages * Integer.BYTES);
  }

  long memoryBytes() {
    long copies = (long) chunksFor(copiesUsed) * CHUNK_SLOTS * Mem.PAGE;
    long hashes = (long) chunksFor(hashesUsed) * CHUNK_SLOTS * hashBytes;
    return copies + hashes + (long) pages * Integer.BYTES;
  }

  @Override
  public void close() {
    release(copyChunks);
    release(hashChunks);
    copiesUsed = 0;
    hashesUsed = 0;
    if (entries != 0) {
      Mem.free(entries);
      entries = 0;
    }
  }

  private static void release(long[] chunks) {
    for (int i = 0; i < chunks.length && chunks[i] != 0; i++) {
      Mem.free(chunks[i]);
      chunks[i] = 0;
    }
  }
}
