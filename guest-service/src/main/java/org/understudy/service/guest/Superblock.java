package org.understudy.service.guest;

import org.understudy.service.ServiceContext;
import org.understudy.service.memory.PagedAllocator;
import org.understudy.service.memory.ProtectedMemory;

/**
 * The first page of a service's memory: from here a restore finds everything. The allocator's table
 * follows in the pages after it.
 */
final class Superblock {
  /** "USTDYSVC", little-endian. */
  private static final long MAGIC = 0x4356_5359_4454_5355L;

  private static final int LAYOUT_VERSION = 1;

  private static final int MAGIC_AT = 0;
  private static final int VERSION_AT = 8;
  private static final int TOTAL_AT = 16;
  private static final int STAMP_AT = 24;

  /** Session table: {@link SessionTable}. */
  static final int SESSIONS_AT = 32;

  /** Timers: {@link TimerTable}. */
  static final int TIMERS_AT = 96;

  /** Input that is continued: {@code i64 session, i32 flag}. */
  static final int CONTINUED_AT = 144;

  private static final int ROOTS_AT = 512;
  private static final int ALLOCATOR_AT = 1024;
  private static final int ALLOCATOR_TABLE_PAGE = 1;

  private Superblock() {}

  /** Sets up zeroed memory. */
  static PagedAllocator format(ProtectedMemory memory) {
    memory.putLong(MAGIC_AT, MAGIC);
    memory.putInt(VERSION_AT, LAYOUT_VERSION);
    memory.putLong(TOTAL_AT, memory.capacity());
    return PagedAllocator.format(memory, ALLOCATOR_AT, ALLOCATOR_TABLE_PAGE);
  }

  /** Checks that memory was set up by this version and size, and opens its allocator. */
  static PagedAllocator open(ProtectedMemory memory) {
    refuseUnless(memory.getLong(MAGIC_AT) == MAGIC, "it holds no service");
    int version = memory.getInt(VERSION_AT);
    refuseUnless(version == LAYOUT_VERSION, "its layout has version " + version);
    long total = memory.getLong(TOTAL_AT);
    refuseUnless(total == memory.capacity(), "it was set up with " + total + " bytes");
    return PagedAllocator.open(memory, ALLOCATOR_AT, ALLOCATOR_TABLE_PAGE);
  }

  private static void refuseUnless(boolean valid, String what) {
    if (!valid) {
      throw new IllegalArgumentException(
          "this memory cannot be restored by service layout " + LAYOUT_VERSION + ": " + what);
    }
  }

  static long stampNs(ProtectedMemory memory) {
    return memory.getLong(STAMP_AT);
  }

  static void stampNs(ProtectedMemory memory, long stampNs) {
    if (memory.getLong(STAMP_AT) != stampNs) {
      memory.putLong(STAMP_AT, stampNs);
    }
  }

  static long rootOffset(int slot) {
    if (slot < 0 || slot >= ServiceContext.ROOTS) {
      throw new IndexOutOfBoundsException(
          "root slot " + slot + " is not 0 to " + (ServiceContext.ROOTS - 1));
    }
    return ROOTS_AT + (long) slot * Long.BYTES;
  }
}
