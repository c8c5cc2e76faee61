package org.understudy.kv;

import org.understudy.service.memory.OutOfProtectedMemoryException;
import org.understudy.service.memory.ProtectedMemory;

/**
 * Finds entries by key: linear hashing (W. Litwin, "Linear Hashing: A New Tool for File and Table
 * Addressing", VLDB 1980) over chained buckets. Each insertion beyond one key per bucket splits one
 * bucket, so the work and the memory written per event stay small at any size. It never shrinks.
 *
 * <p>A link is the offset of an entry in the low 48 bits and the high 16 bits of its hash above, so
 * that most entries of a chain are told apart without being read further than their link.
 *
 * <p>Description, 40 bytes: u64 keys, u32 level, u32 unused, u64 buckets of this level that are
 * split, then the {@link WordArray} of buckets.
 */
final class HashIndex {
  static final int DESCRIPTION_BYTES = 24 + WordArray.DESCRIPTION_BYTES;

  private static final int FIRST_LEVEL = 12;
  private static final long OFFSET_MASK = (1L << 48) - 1;
  private static final int TAG_SHIFT = 48;

  private final ProtectedMemory memory;
  private final Entries entries;
  private final long description;
  private final WordArray buckets;
  private long keys;
  private int level;
  private long split;

  /** Takes each entry of a scan step. */
  @FunctionalInterface
  interface Visitor {
    void onEntry(long entry);
  }

  /** The index described there. */
  HashIndex(ProtectedMemory memory, Space space, Entries entries, long description) {
    this.memory = memory;
    this.entries = entries;
    this.description = description;
    this.buckets = new WordArray(memory, space, description + 24);
    keys = memory.getLong(description);
    level = memory.getInt(description + 8);
    split = memory.getLong(description + 16);
  }

  /** Makes an empty index of zero bytes usable. */
  void initialize() {
    level = FIRST_LEVEL;
    memory.putInt(description + 8, level);
    buckets.ensure((1L << level) - 1);
  }

  long keys() {
    return keys;
  }

  long buckets() {
    return (1L << level) + split;
  }

  static long entryOf(long link) {
    return link & OFFSET_MASK;
  }

  /** First link of a bucket; 0 if it is empty. */
  long head(long bucket) {
    return buckets.get(bucket);
  }

  /** The entry of a key, or 0. */
  long find(int hash, CommandArguments arguments, int key) {
    long link = buckets.get(bucketOf(hash));
    int tag = hash >>> 16;
    while (link != 0) {
      long entry = link & OFFSET_MASK;
      if (link >>> TAG_SHIFT == tag && entries.keyEquals(entry, hash, arguments, key)) {
        return entry;
      }
      link = entries.next(entry);
    }
    return 0;
  }

  /** Adds an entry whose key is not there. */
  void insert(long entry) {
    int hash = entries.hash(entry);
    long bucket = bucketOf(hash);
    entries.next(entry, buckets.get(bucket));
    buckets.set(bucket, link(entry, hash));
    setKeys(keys + 1);
    if (keys > buckets()) {
      splitNext();
    }
  }

  /** Takes an entry out. */
  void remove(long entry) {
    relink(entry, entries.next(entry));
    setKeys(keys - 1);
  }

  /** Puts an entry of the same key in the place of another one. */
  void replace(long old, long entry) {
    entries.next(entry, entries.next(old));
    relink(old, link(entry, entries.hash(entry)));
  }

  /**
   * Visits the entries of one cursor position and returns the next one, 0 at the end. Cursors count
   * with their bits reversed, so that a bucket that splits between two steps is seen whole: an
   * entry that is there during a whole scan is visited at least once.
   */
  long scan(long cursor, Visitor visitor) {
    long mask = (1L << level) - 1;
    long bucket = cursor & mask;
    visit(bucket, visitor);
    if (bucket < split) {
      visit(bucket + mask + 1, visitor);
    }
    return Long.reverse(Long.reverse(cursor | ~mask) + 1);
  }

  void free() {
    buckets.free();
  }

  private void visit(long bucket, Visitor visitor) {
    long link = buckets.get(bucket);
    while (link != 0) {
      long entry = link & OFFSET_MASK;
      link = entries.next(entry);
      visitor.onEntry(entry);
    }
  }

  private void relink(long entry, long newLink) {
    long bucket = bucketOf(entries.hash(entry));
    long at = buckets.get(bucket) & OFFSET_MASK;
    if (at == entry) {
      buckets.set(bucket, newLink);
      return;
    }
    long next = entries.next(at) & OFFSET_MASK;
    while (next != entry) {
      at = next;
      next = entries.next(at) & OFFSET_MASK;
    }
    entries.next(at, newLink);
  }

  private void splitNext() {
    long target = (1L << level) + split;
    try {
      buckets.ensure(target);
    } catch (OutOfProtectedMemoryException e) {
      // Chains get longer instead; the next insertion tries again.
      return;
    }
    divide(split, target);
    split++;
    if (split == 1L << level) {
      split = 0;
      level++;
      memory.putInt(description + 8, level);
    }
    memory.putLong(description + 16, split);
  }

  /** Moves the entries of a bucket whose next hash bit is set; order is kept. */
  private void divide(long source, long target) {
    long link = buckets.get(source);
    long lastKept = 0;
    long lastMoved = 0;
    while (link != 0) {
      long entry = link & OFFSET_MASK;
      long next = entries.next(entry);
      if ((entries.hash(entry) >>> level & 1) != 0) {
        append(target, lastMoved, link);
        lastMoved = entry;
      } else {
        append(source, lastKept, link);
        lastKept = entry;
      }
      link = next;
    }
    append(source, lastKept, 0);
    append(target, lastMoved, 0);
  }

  private void append(long bucket, long last, long link) {
    if (last != 0) {
      entries.next(last, link);
    } else if (buckets.get(bucket) != link) {
      buckets.set(bucket, link);
    }
  }

  private void setKeys(long newKeys) {
    keys = newKeys;
    memory.putLong(description, newKeys);
  }

  private long bucketOf(int hash) {
    long unsigned = Integer.toUnsignedLong(hash);
    long bucket = unsigned & (1L << level) - 1;
    return bucket < split ? unsigned & (2L << level) - 1 : bucket;
  }

  private static long link(long entry, int hash) {
    return entry | (long) (hash >>> 16) << TAG_SHIFT;
  }
}
