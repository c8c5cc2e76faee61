package org.understudy.vm.disk.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.vm.disk.file.DiskStore;
import org.understudy.vm.disk.record.BaseNote;
import org.understudy.vm.disk.record.ExtentHash;

/**
 * Reads what the backup's files hold when a copy starts, and says it in notes for the primary,
 * which need not ship what is equal there. A thread of its own; it may run beside the copy: a byte
 * that was written meanwhile comes from the same log as all that the primary compares it with.
 */
public final class BaseScan {
  private static final Logger LOG = LoggerFactory.getLogger(BaseScan.class);
  private static final int MAX_NOTES = 64;
  private static final long LOOK_MS = 100;
  private static final long JOIN_MS = 10_000;

  private final List<? extends DiskStore> stores;
  private final ArrayBlockingQueue<byte[]> notes = new ArrayBlockingQueue<>(MAX_NOTES);
  private final ExtentHash hash = new ExtentHash();
  private final ByteBuffer extent = ByteBuffer.allocateDirect(ExtentHash.EXTENT_BYTES);
  private final UnsafeBuffer note = new UnsafeBuffer(new byte[BaseNote.bytes(BaseNote.MAX_HASHES)]);
  private final Thread thread = Thread.ofPlatform().daemon().name("disk-base").unstarted(this::run);
  private volatile boolean stopped;

  /** Of these files, in the order of the guest's disks. */
  public BaseScan(List<? extends DiskStore> stores) {
    this.stores = stores;
  }

  /** Begins; nothing that is not of the copy's log may be written to the files any more. */
  public void start() {
    thread.start();
  }

  /** The next note; its bytes, 0 if there is none yet. */
  public int take(MutableDirectBuffer into, int capacity) {
    byte[] next = notes.peek();
    if (next == null || next.length > capacity) {
      return 0;
    }
    notes.poll();
    into.putBytes(0, next);
    return next.length;
  }

  private void run() {
    try {
      for (int disk = 0; disk < stores.size() && !stopped; disk++) {
        scan(disk, stores.get(disk));
      }
    } catch (IOException | RuntimeException e) {
      if (!stopped) {
        LOG.warn("what the disks hold already is not known, all is copied: {}", e.getMessage());
      }
    }
  }

  private void scan(int disk, DiskStore store) throws IOException {
    long extents = ExtentHash.extents(store.sizeBytes());
    long next = nextData(store, 0);
    while (next < extents && !stopped) {
      long first = next;
      int count = 0;
      for (; count < BaseNote.MAX_HASHES && next == first + count && next < extents; count++) {
        put(store, first + count, count);
        next = nextData(store, first + count + 1);
      }
      offer(disk, first, count);
    }
    offer(disk, extents, 0);
  }

  /** The first extent from there on that is not a hole as a whole. */
  private static long nextData(DiskStore store, long extent) throws IOException {
    long from = extent * ExtentHash.EXTENT_BYTES;
    long size = store.sizeBytes();
    long data = from >= size ? size : store.nextData(from);
    return data >= size ? ExtentHash.extents(size) : data / ExtentHash.EXTENT_BYTES;
  }

  private void put(DiskStore store, long number, int slot) throws IOException {
    long at = number * ExtentHash.EXTENT_BYTES;
    extent.clear().limit((int) Math.min(ExtentHash.EXTENT_BYTES, store.sizeBytes() - at));
    store.read(at, extent);
    note.putBytes(BaseNote.bytes(slot), hash.of(extent.flip()), 0, ExtentHash.HASH_BYTES);
  }

  private void offer(int disk, long first, int count) {
    BaseNote.putHeader(note, disk, first, count);
    byte[] bytes = new byte[BaseNote.bytes(count)];
    note.getBytes(0, bytes);
    try {
      while (!stopped && !notes.offer(bytes, LOOK_MS, TimeUnit.MILLISECONDS)) {
        continue;
      }
    } catch (InterruptedException e) {
      stopped = true;
    }
  }

  /** Ends it. Never by an interrupt: that would close the files under their other users. */
  public void stop() {
    stopped = true;
    notes.clear();
    try {
      thread.join(JOIN_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
