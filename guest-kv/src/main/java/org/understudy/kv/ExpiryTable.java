package org.understudy.kv;

import org.understudy.service.memory.ProtectedMemory;

/**
 * The keys that expire, in no order, so that expired ones are found without touching the others.
 * Swept in bounded slices; a sweep learns the next time at which a key expires, so that nothing
 * happens while no key is due.
 *
 * <p>Description, 40 bytes: u64 entries, u64 position of the sweep, i64 earliest expiry seen since
 * the sweep began, then the {@link WordArray} of entries.
 */
final class ExpiryTable {
  static final int DESCRIPTION_BYTES = 24 + WordArray.DESCRIPTION_BYTES;

  private static final int POSITION = 8;
  private static final int EARLIEST = 16;

  private final ProtectedMemory memory;
  private final Entries entries;
  private final long description;
  private final WordArray table;

  /** Deletes a key that has expired. */
  @FunctionalInterface
  interface Deleter {
    void delete(long entry);
  }

  ExpiryTable(ProtectedMemory memory, Space space, Entries entries, long description) {
    this.memory = memory;
    this.entries = entries;
    this.description = description;
    this.table = new WordArray(memory, space, description + 24);
  }

  void initialize() {
    memory.putLong(description + EARLIEST, Long.MAX_VALUE);
  }

  long size() {
    return memory.getLong(description);
  }

  /** Sets when an entry expires. Nothing has changed if memory runs out. */
  void set(long entry, long atMs) {
    int position = entries.volatilePosition(entry);
    if (position < 0) {
      long size = size();
      table.ensure(size);
      table.set(size, entry);
      entries.volatilePosition(entry, (int) size);
      memory.putLong(description, size + 1);
    }
    entries.expiryMs(entry, atMs);
    noteExpiry(atMs);
  }

  /** Takes an entry out; it no longer expires. */
  void remove(long entry) {
    int position = entries.volatilePosition(entry);
    if (position < 0) {
      return;
    }
    long last = size() - 1;
    long moved = table.get(last);
    if (moved != entry) {
      table.set(position, moved);
      entries.volatilePosition(moved, position);
      // It may have moved to where the sweep has already been.
      noteExpiry(entries.expiryMs(moved));
    }
    memory.putLong(description, last);
    entries.volatilePosition(entry, -1);
    entries.expiryMs(entry, 0);
  }

  /** Makes room for one more, so that the next {@link #set} cannot run out of memory. */
  void reserve() {
    table.ensure(size());
  }

  /** Puts a new entry of the same key in the place of an old one. */
  void replace(long old, long entry) {
    int position = entries.volatilePosition(old);
    if (position >= 0) {
      table.set(position, entry);
      entries.volatilePosition(entry, position);
      entries.expiryMs(entry, entries.expiryMs(old));
    }
  }

  /**
   * Looks at up to {@code slice} entries and deletes what has expired. Returns the number deleted,
   * plus {@code slice} if the sweep is through.
   */
  int sweep(long nowMs, int slice, Deleter deleter) {
    long position = memory.getLong(description + POSITION);
    int deleted = 0;
    if (position == 0) {
      memory.putLong(description + EARLIEST, Long.MAX_VALUE);
    }
    for (int looked = 0; looked < slice && position < size(); looked++) {
      long entry = table.get(position);
      long atMs = entries.expiryMs(entry);
      if (nowMs > atMs) {
        deleter.delete(entry);
        deleted++;
      } else {
        noteExpiry(atMs);
        position++;
      }
    }
    boolean through = position >= size();
    memory.putLong(description + POSITION, through ? 0 : position);
    return through ? deleted + slice : deleted;
  }

  /** Earliest expiry after a sweep that is through; {@link Long#MAX_VALUE} for none. */
  long earliestMs() {
    return memory.getLong(description + EARLIEST);
  }

  /** Whether a sweep is under way. */
  boolean sweeping() {
    return memory.getLong(description + POSITION) != 0;
  }

  void free() {
    table.free();
  }

  private void noteExpiry(long atMs) {
    if (atMs < memory.getLong(description + EARLIEST)) {
      memory.putLong(description + EARLIEST, atMs);
    }
  }
}
