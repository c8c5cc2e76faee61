package org.understudy.service.guest;

import org.understudy.service.memory.Allocator;
import org.understudy.service.memory.ProtectedMemory;

/**
 * The sessions of a service, in protected memory: a hash table with linear probing and records of
 * {@code i64 id, i64 word, i64 offset of the unconsumed bytes, i32 their length, i32 flags, i64
 * next closing id}. A record with flags 0 is empty.
 */
final class SessionTable {
  /** The slot is taken; a session without other flags is connected at a backup's front. */
  static final int OPEN = 1;

  /** The session is connected at this node's own front. */
  static final int LOCAL = 2;

  /** The service or the runtime closed it; it waits for its closed event. */
  static final int CLOSING = 4;

  private static final int RECORD_BYTES = 40;
  private static final int WORD = 8;
  private static final int REST_AT = 16;
  private static final int REST_LENGTH = 24;
  private static final int FLAGS = 28;
  private static final int NEXT_CLOSING = 32;
  private static final int FIRST_CAPACITY = 64;

  /** Header in the superblock. */
  private static final long TABLE = Superblock.SESSIONS_AT;

  private static final long CAPACITY = TABLE + 8;
  private static final long COUNT = TABLE + 12;
  private static final long HIGHEST_ID = TABLE + 16;
  private static final long HIGHEST_IS_LOCAL = TABLE + 24;
  private static final long CLOSING_COUNT = TABLE + 28;
  private static final long CLOSING_FIRST = TABLE + 32;
  private static final long CLOSING_LAST = TABLE + 40;

  private final ProtectedMemory memory;
  private final Allocator allocator;
  private long table;
  private int capacity;

  /** The record found last: one event looks up the same session many times. */
  private long cachedId;

  private long cachedRecord;

  SessionTable(ProtectedMemory memory, Allocator allocator) {
    this.memory = memory;
    this.allocator = allocator;
    this.table = memory.getLong(TABLE);
    this.capacity = memory.getInt(CAPACITY);
  }

  int count() {
    return memory.getInt(COUNT);
  }

  long highestId() {
    return memory.getLong(HIGHEST_ID);
  }

  boolean highestIsLocal() {
    return memory.getInt(HIGHEST_IS_LOCAL) != 0;
  }

  /** Record of a session, or 0. */
  long find(long id) {
    if (id == cachedId && cachedRecord != 0) {
      return cachedRecord;
    }
    for (int slot = slotOf(id); slot < capacity; slot = next(slot)) {
      long record = record(slot);
      if (flags(record) == 0) {
        return 0;
      }
      if (id(record) == id) {
        cachedId = id;
        cachedRecord = record;
        return record;
      }
    }
    return 0;
  }

  /** Adds a session that is not there yet; throws before anything changed if memory is full. */
  long add(long id, boolean local) {
    if (count() >= capacity / 2) {
      grow();
    }
    int slot = slotOf(id);
    while (flags(record(slot)) != 0) {
      slot = next(slot);
    }
    long record = record(slot);
    memory.setMemory(record, RECORD_BYTES, (byte) 0);
    memory.putLong(record, id);
    memory.putInt(record + FLAGS, local ? OPEN | LOCAL : OPEN);
    memory.putInt(COUNT, count() + 1);
    if (id > highestId()) {
      memory.putLong(HIGHEST_ID, id);
      memory.putInt(HIGHEST_IS_LOCAL, local ? 1 : 0);
    }
    return record;
  }

  /** Removes a record and its unconsumed bytes; moves up what probed past it. */
  void remove(long record) {
    dropRest(record);
    cachedRecord = 0;
    memory.putInt(COUNT, count() - 1);
    int hole = (int) ((record - table) / RECORD_BYTES);
    for (int slot = next(hole); flags(record(slot)) != 0; slot = next(slot)) {
      int home = slotOf(id(record(slot)));
      boolean reachable = hole <= slot ? hole < home && home <= slot : hole < home || home <= slot;
      if (!reachable) {
        memory.copy(record(slot), record(hole), RECORD_BYTES);
        hole = slot;
      }
    }
    memory.setMemory(record(hole), RECORD_BYTES, (byte) 0);
  }

  long id(long record) {
    return memory.getLong(record);
  }

  int flags(long record) {
    return memory.getInt(record + FLAGS);
  }

  void flags(long record, int flags) {
    memory.putInt(record + FLAGS, flags);
  }

  long word(long record) {
    return memory.getLong(record + WORD);
  }

  void word(long record, long value) {
    memory.putLong(record + WORD, value);
  }

  /** Unconsumed bytes. */
  int restLength(long record) {
    return memory.getInt(record + REST_LENGTH);
  }

  long restOffset(long record) {
    return memory.getLong(record + REST_AT);
  }

  /** Makes place for unconsumed bytes, and returns it; throws if memory is full. */
  long placeRest(long record, int length) {
    long place = restOffset(record);
    if (place == 0 || allocator.usableBytes(place) < length) {
      long larger = allocator.allocate(length);
      dropRest(record);
      place = larger;
      memory.putLong(record + REST_AT, place);
    }
    memory.putInt(record + REST_LENGTH, length);
    return place;
  }

  void dropRest(long record) {
    long place = restOffset(record);
    if (place != 0) {
      allocator.free(place);
      memory.putLong(record + REST_AT, 0);
      memory.putInt(record + REST_LENGTH, 0);
    }
  }

  /** Puts a session at the end of those that wait for their closed event. */
  void addClosing(long record) {
    flags(record, flags(record) | CLOSING);
    long id = id(record);
    int waiting = memory.getInt(CLOSING_COUNT);
    if (waiting == 0) {
      memory.putLong(CLOSING_FIRST, id);
    } else {
      memory.putLong(find(memory.getLong(CLOSING_LAST)) + NEXT_CLOSING, id);
    }
    memory.putLong(CLOSING_LAST, id);
    memory.putInt(CLOSING_COUNT, waiting + 1);
  }

  boolean anyClosing() {
    return memory.getInt(CLOSING_COUNT) != 0;
  }

  /** Takes the first session that waits for its closed event. */
  long takeClosing() {
    long record = find(memory.getLong(CLOSING_FIRST));
    memory.putLong(CLOSING_FIRST, memory.getLong(record + NEXT_CLOSING));
    memory.putInt(CLOSING_COUNT, memory.getInt(CLOSING_COUNT) - 1);
    return record;
  }

  /** Slots of the table, for visiting all records. */
  int slots() {
    return capacity;
  }

  /** The record of a slot, or 0 if it is empty. */
  long inSlot(int slot) {
    long record = record(slot);
    return flags(record) == 0 ? 0 : record;
  }

  private void grow() {
    int newCapacity = Math.max(FIRST_CAPACITY, capacity * 2);
    long bytes = (long) newCapacity * RECORD_BYTES;
    long newTable = allocator.allocate(bytes);
    memory.setMemory(newTable, bytes, (byte) 0);
    final long oldTable = table;
    final int oldCapacity = capacity;
    table = newTable;
    capacity = newCapacity;
    cachedRecord = 0;
    for (int i = 0; i < oldCapacity; i++) {
      long old = oldTable + (long) i * RECORD_BYTES;
      if (flags(old) != 0) {
        int slot = slotOf(id(old));
        while (flags(record(slot)) != 0) {
          slot = next(slot);
        }
        memory.copy(old, record(slot), RECORD_BYTES);
      }
    }
    memory.putLong(TABLE, table);
    memory.putInt(CAPACITY, capacity);
    if (oldTable != 0) {
      allocator.free(oldTable);
    }
  }

  private long record(int slot) {
    return table + (long) slot * RECORD_BYTES;
  }

  private int next(int slot) {
    return (slot + 1) & (capacity - 1);
  }

  private int slotOf(long id) {
    // Fibonacci hashing; capacity is a power of two (0 only before the first session).
    return capacity == 0
        ? 0
        : (int) ((id * 0x9E37_79B9_7F4A_7C15L) >>> (Long.numberOfLeadingZeros(capacity) + 1));
  }
}
