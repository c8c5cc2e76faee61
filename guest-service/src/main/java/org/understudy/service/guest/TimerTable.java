package org.understudy.service.guest;

import org.understudy.service.Timers;
import org.understudy.service.memory.Allocator;
import org.understudy.service.memory.ProtectedMemory;

/**
 * Timers in protected memory: a hash table from id to due stamp, and a binary heap of {@code (due,
 * id)}. Moving or cancelling a timer leaves its old heap entry behind, which is skipped when it
 * comes up; the heap is rebuilt before such leftovers outnumber the timers.
 */
final class TimerTable implements Timers {
  /** Entry of heap and table: due stamp, id; {@link #EMPTY} as due marks a free table slot. */
  private static final int ENTRY_BYTES = 16;

  private static final int ID = 8;
  private static final long EMPTY = 0;
  private static final int FIRST_CAPACITY = 64;

  /** Header in the superblock. */
  private static final long TABLE = Superblock.TIMERS_AT;

  private static final long HEAP = TABLE + 8;
  private static final long TABLE_CAPACITY = TABLE + 16;
  private static final long HEAP_CAPACITY = TABLE + 20;
  private static final long COUNT = TABLE + 24;
  private static final long HEAP_SIZE = TABLE + 28;

  private final ProtectedMemory memory;
  private final Allocator allocator;
  private final Clock clock;

  /** The clock of the running event. */
  interface Clock {
    long stampNs();
  }

  TimerTable(ProtectedMemory memory, Allocator allocator, Clock clock) {
    this.memory = memory;
    this.allocator = allocator;
    this.clock = clock;
  }

  @Override
  public void schedule(long timerId, long atNs) {
    // Never at the running stamp: a timer that schedules itself again cannot stop the clock.
    long due = Math.max(atNs, clock.stampNs() + 1);
    makeRoom();
    long entry = find(timerId);
    if (memory.getLong(entry) == EMPTY) {
      memory.putInt(COUNT, size() + 1);
      memory.putLong(entry + ID, timerId);
    }
    memory.putLong(entry, due);
    push(due, timerId);
    dropStale();
  }

  @Override
  public boolean cancel(long timerId) {
    if (size() == 0) {
      return false;
    }
    long entry = find(timerId);
    if (memory.getLong(entry) == EMPTY) {
      return false;
    }
    removeEntry(entry);
    dropStale();
    return true;
  }

  @Override
  public long dueNs(long timerId) {
    if (size() == 0) {
      return Long.MAX_VALUE;
    }
    long due = memory.getLong(find(timerId));
    return due == EMPTY ? Long.MAX_VALUE : due;
  }

  @Override
  public int size() {
    return memory.getInt(COUNT);
  }

  /** When the next timer is due; {@link Long#MAX_VALUE} for none. */
  long nextDueNs() {
    return memory.getInt(HEAP_SIZE) == 0 ? Long.MAX_VALUE : memory.getLong(heap());
  }

  /** Takes the timer that is due next; there is one. */
  long takeNext() {
    long timerId = memory.getLong(heap() + ID);
    removeEntry(find(timerId));
    dropStale();
    return timerId;
  }

  private long heap() {
    return memory.getLong(HEAP);
  }

  /** Entry of a timer, or the free slot where it belongs. */
  private long find(long timerId) {
    long table = memory.getLong(TABLE);
    int mask = memory.getInt(TABLE_CAPACITY) - 1;
    int slot = home(timerId, mask);
    while (true) {
      long entry = table + (long) slot * ENTRY_BYTES;
      if (memory.getLong(entry) == EMPTY || memory.getLong(entry + ID) == timerId) {
        return entry;
      }
      slot = (slot + 1) & mask;
    }
  }

  private static int home(long timerId, int mask) {
    long mixed = timerId * 0x9E37_79B9_7F4A_7C15L;
    return (int) (mixed >>> 32) & mask;
  }

  private void removeEntry(long removed) {
    long table = memory.getLong(TABLE);
    int mask = memory.getInt(TABLE_CAPACITY) - 1;
    int hole = (int) ((removed - table) / ENTRY_BYTES);
    int slot = (hole + 1) & mask;
    long entry = table + (long) slot * ENTRY_BYTES;
    while (memory.getLong(entry) != EMPTY) {
      int home = home(memory.getLong(entry + ID), mask);
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        memory.copy(entry, table + (long) hole * ENTRY_BYTES, ENTRY_BYTES);
        hole = slot;
      }
      slot = (slot + 1) & mask;
      entry = table + (long) slot * ENTRY_BYTES;
    }
    memory.setMemory(table + (long) hole * ENTRY_BYTES, ENTRY_BYTES, (byte) 0);
    memory.putInt(COUNT, size() - 1);
  }

  /** Keeps the top of the heap a timer that is scheduled at that very stamp. */
  private void dropStale() {
    while (memory.getInt(HEAP_SIZE) > 0
        && (size() == 0
            || memory.getLong(find(memory.getLong(heap() + ID))) != memory.getLong(heap()))) {
      pop();
    }
  }

  private void push(long due, long timerId) {
    int index = memory.getInt(HEAP_SIZE);
    memory.putInt(HEAP_SIZE, index + 1);
    long heap = heap();
    while (index > 0) {
      long parent = heap + (long) ((index - 1) / 2) * ENTRY_BYTES;
      if (!before(due, timerId, parent)) {
        break;
      }
      memory.copy(parent, heap + (long) index * ENTRY_BYTES, ENTRY_BYTES);
      index = (index - 1) / 2;
    }
    put(heap + (long) index * ENTRY_BYTES, due, timerId);
  }

  private void pop() {
    int size = memory.getInt(HEAP_SIZE) - 1;
    memory.putInt(HEAP_SIZE, size);
    long heap = heap();
    long last = heap + (long) size * ENTRY_BYTES;
    final long due = memory.getLong(last);
    final long timerId = memory.getLong(last + ID);
    int index = 0;
    int child = 1;
    while (child < size) {
      long entry = heap + (long) child * ENTRY_BYTES;
      if (child + 1 < size && before(entry + ENTRY_BYTES, entry)) {
        child++;
        entry += ENTRY_BYTES;
      }
      if (before(due, timerId, entry)) {
        break;
      }
      memory.copy(entry, heap + (long) index * ENTRY_BYTES, ENTRY_BYTES);
      index = child;
      child = 2 * index + 1;
    }
    if (size > 0) {
      put(heap + (long) index * ENTRY_BYTES, due, timerId);
    }
  }

  private boolean before(long entry, long other) {
    return before(memory.getLong(entry), memory.getLong(entry + ID), other);
  }

  private boolean before(long due, long timerId, long other) {
    long otherDue = memory.getLong(other);
    return due < otherDue || due == otherDue && timerId < memory.getLong(other + ID);
  }

  private void put(long entry, long due, long timerId) {
    memory.putLong(entry, due);
    memory.putLong(entry + ID, timerId);
  }

  /** Room for one more timer and one more heap entry; throws before anything changed. */
  private void makeRoom() {
    int tableCapacity = memory.getInt(TABLE_CAPACITY);
    if (size() >= tableCapacity / 2) {
      growTable(Math.max(FIRST_CAPACITY, tableCapacity * 2));
    }
    if (memory.getInt(HEAP_SIZE) == memory.getInt(HEAP_CAPACITY)) {
      rebuildHeap();
    }
  }

  private void growTable(int capacity) {
    long bytes = (long) capacity * ENTRY_BYTES;
    final long newTable = allocator.allocate(bytes);
    memory.setMemory(newTable, bytes, (byte) 0);
    final long oldTable = memory.getLong(TABLE);
    final int oldCapacity = memory.getInt(TABLE_CAPACITY);
    memory.putLong(TABLE, newTable);
    memory.putInt(TABLE_CAPACITY, capacity);
    for (int i = 0; i < oldCapacity; i++) {
      long entry = oldTable + (long) i * ENTRY_BYTES;
      if (memory.getLong(entry) != EMPTY) {
        memory.copy(entry, find(memory.getLong(entry + ID)), ENTRY_BYTES);
      }
    }
    if (oldTable != 0) {
      allocator.free(oldTable);
    }
  }

  /** Makes a heap of the scheduled timers alone, with room for as many leftovers again. */
  private void rebuildHeap() {
    int capacity = Math.max(FIRST_CAPACITY, 2 * size() + 2);
    final long newHeap = allocator.allocate((long) capacity * ENTRY_BYTES);
    long oldHeap = heap();
    if (oldHeap != 0) {
      allocator.free(oldHeap);
    }
    memory.putLong(HEAP, newHeap);
    memory.putInt(HEAP_CAPACITY, capacity);
    memory.putInt(HEAP_SIZE, 0);
    long table = memory.getLong(TABLE);
    for (int i = 0; i < memory.getInt(TABLE_CAPACITY); i++) {
      long entry = table + (long) i * ENTRY_BYTES;
      if (memory.getLong(entry) != EMPTY) {
        push(memory.getLong(entry), memory.getLong(entry + ID));
      }
    }
  }
}
