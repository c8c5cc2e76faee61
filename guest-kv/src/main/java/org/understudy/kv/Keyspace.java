package org.understudy.kv;

import org.understudy.service.memory.ProtectedMemory;

/**
 * One set of keys: its index and its expiry table. FLUSHALL leaves it behind whole, to be freed in
 * slices.
 *
 * <p>One allocation: u64 next keyspace to be freed, u64 bucket up to which it is freed, then the
 * {@link HashIndex} and the {@link ExpiryTable}.
 */
final class Keyspace {
  private static final int FREED_BUCKETS = 8;
  private static final int INDEX = 16;
  private static final int EXPIRY = INDEX + HashIndex.DESCRIPTION_BYTES;
  private static final int BYTES = EXPIRY + ExpiryTable.DESCRIPTION_BYTES;

  final long offset;
  final HashIndex index;
  final ExpiryTable expiry;
  private final ProtectedMemory memory;
  private final Space space;
  private final Entries entries;

  /** The keyspace that lies there. */
  Keyspace(ProtectedMemory memory, Space space, Entries entries, long offset) {
    this.memory = memory;
    this.space = space;
    this.entries = entries;
    this.offset = offset;
    this.index = new HashIndex(memory, space, entries, offset + INDEX);
    this.expiry = new ExpiryTable(memory, space, entries, offset + EXPIRY);
  }

  /** A new, empty one. Nothing has changed if memory runs out. */
  static Keyspace create(ProtectedMemory memory, Space space, Entries entries) {
    long offset = space.allocate(BYTES);
    memory.setMemory(offset, BYTES, (byte) 0);
    Keyspace keyspace = new Keyspace(memory, space, entries, offset);
    try {
      keyspace.index.initialize();
    } catch (RuntimeException e) {
      keyspace.index.free();
      space.free(offset);
      throw e;
    }
    keyspace.expiry.initialize();
    return keyspace;
  }

  long next() {
    return memory.getLong(offset);
  }

  void next(long keyspace) {
    memory.putLong(offset, keyspace);
  }

  /** Removes a key and frees it. */
  void delete(long entry) {
    expiry.remove(entry);
    index.remove(entry);
    entries.free(entry);
  }

  /** Puts a new entry in the place of an old one of the same key; its expiry is gone. */
  void replaceForgettingExpiry(long old, long entry) {
    expiry.remove(old);
    index.replace(old, entry);
    entries.free(old);
  }

  /** Puts a new entry in the place of an old one of the same key; its expiry stays. */
  void replaceKeepingExpiry(long old, long entry) {
    expiry.replace(old, entry);
    index.replace(old, entry);
    entries.free(old);
  }

  /** Frees entries that nobody can find any more, about {@code slice} of them; true at the end. */
  boolean freeSlice(int slice) {
    long bucket = memory.getLong(offset + FREED_BUCKETS);
    long buckets = index.buckets();
    for (int work = 0; work < slice && bucket < buckets; work++, bucket++) {
      long link = index.head(bucket);
      while (link != 0) {
        long entry = HashIndex.entryOf(link);
        link = entries.next(entry);
        entries.free(entry);
        work++;
      }
    }
    memory.putLong(offset + FREED_BUCKETS, bucket);
    if (bucket < buckets) {
      return false;
    }
    index.free();
    expiry.free();
    space.free(offset);
    return true;
  }
}
