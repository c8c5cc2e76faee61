package org.understudy.simulation.agents;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.checkpoint.memory.RegionSpec;
import org.understudy.checkpoint.track.WriteBarrier;

/** The guest's state: all in its memory, and changed by each input through the write barrier. */
final class GuestState {
  private static final long ENTRY = 0;
  private static final long INPUT = 8;
  private static final long STAMP = 16;
  private static final long REMOTE_STAMP = 24;

  /** A machine's connections: the last request of each, and the entry that answered it. */
  private static final long CONNECTIONS = 32;

  private static final long CONNECTION_BYTES = 2 * Long.BYTES;
  private static final int HEADER_BYTES = 96;
  private static final int LONGEST_WRITE = 12;

  private final MemorySegment memory;
  private final WriteBarrier barrier;

  GuestState(GuestMemory memory, WriteBarrier barrier) {
    this.memory = memory.segment();
    this.barrier = barrier;
  }

  static GuestDescription description(int pages, boolean deterministic, boolean gatedOnBackup) {
    // Two regions, so that page numbers run through a border.
    long first = Math.max(1, pages / 4);
    RegionLayout layout =
        new RegionLayout(
            java.util.List.of(
                new RegionSpec("state", first * RegionSpec.PAGE_BYTES),
                new RegionSpec("heap", (pages - first) * RegionSpec.PAGE_BYTES)));
    return new GuestDescription("simulated", 1, layout, deterministic, gatedOnBackup);
  }

  /** An input is consumed: a few writes that follow from the choice made at it. */
  void consumed(long entry, long choice) {
    put(ENTRY, entry);
    SplittableRandom random = new SplittableRandom(choice);
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      int longs = random.nextInt(1, LONGEST_WRITE);
      long room = memory.byteSize() - HEADER_BYTES - (long) longs * Long.BYTES;
      // Half of them around a border of pages.
      long at = HEADER_BYTES + random.nextLong(room);
      if (random.nextBoolean()) {
        long border = (at | RegionSpec.PAGE_BYTES - 1) - (long) longs * Long.BYTES / 2;
        at = Math.min(Math.max(border, HEADER_BYTES), HEADER_BYTES + room - 1);
      }
      write(at, longs, random.nextLong());
    }
  }

  private void write(long at, int longs, long salt) {
    barrier.beforeWrite(at, (long) longs * Long.BYTES);
    for (int i = 0; i < longs; i++) {
      long to = at + (long) i * Long.BYTES;
      long before = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, to);
      memory.set(ValueLayout.JAVA_LONG_UNALIGNED, to, before * 31 + salt + i);
    }
  }

  private void put(long at, long value) {
    barrier.beforeWrite(at, Long.BYTES);
    memory.set(ValueLayout.JAVA_LONG_UNALIGNED, at, value);
  }

  private long get(long at) {
    return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
  }

  long entry() {
    return get(ENTRY);
  }

  long inputPosition() {
    return get(INPUT);
  }

  void inputPosition(long sequence) {
    put(INPUT, sequence);
  }

  long stampNs() {
    return get(STAMP);
  }

  /** Never goes back: clients of the own front may be ahead of the backup's. */
  void stampNs(long stampNs) {
    put(STAMP, Math.max(stampNs(), stampNs));
  }

  /** Stamp of the last input of a backup's log. */
  long remoteStampNs() {
    return get(REMOTE_STAMP);
  }

  void remoteStampNs(long stampNs) {
    put(REMOTE_STAMP, stampNs);
  }

  /** Of a machine's client, from 0. */
  long lastRequest(int client) {
    return get(CONNECTIONS + client * CONNECTION_BYTES);
  }

  long lastEntry(int client) {
    return get(CONNECTIONS + client * CONNECTION_BYTES + Long.BYTES);
  }

  void lastRequest(int client, long request, long entry) {
    put(CONNECTIONS + client * CONNECTION_BYTES, request);
    put(CONNECTIONS + client * CONNECTION_BYTES + Long.BYTES, entry);
  }
}
