package org.understudy.vm.disk.backup;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.vm.disk.file.DiskStore;
import org.understudy.vm.disk.record.DiskRecordKind;
import org.understudy.vm.disk.record.DiskRecords;

/**
 * The backup's disks. A committed epoch is kept in memory, bounded, and applied by a thread of its
 * own in the guest's order.
 *
 * <p>A flush of the guest becomes an fdatasync before anything after it is written: so the files
 * are crash-consistent for the guest at any instant, without a journal that would write each byte
 * twice and would have to be replayed before a takeover. It costs time of this thread only, since
 * an epoch is acked once it is here.
 */
public final class DiskImage implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DiskImage.class);

  private static final long TRY_AGAIN_NS = 1_000_000_000L;

  /** What is done before the first record of a copy. */
  @FunctionalInterface
  public interface Preparation {
    /** On the thread that applies. */
    void run() throws IOException;
  }

  /** Records of one epoch, or of one round of the initial copy; or what comes before them. */
  private record Staged(
      long epoch, Arena arena, ByteBuffer records, int bytes, Preparation preparation) {
    static Staged records(long epoch, DirectBuffer source, int offset, int length) {
      if (length == 0) {
        return new Staged(epoch, null, ByteBuffer.allocate(0), 0, null);
      }
      Arena arena = Arena.ofShared(); // not on the heap, which need not be that large
      try {
        ByteBuffer copy = arena.allocate(length, Long.BYTES).asByteBuffer();
        source.getBytes(offset, copy, 0, length);
        return new Staged(epoch, arena, copy, length, null);
      } catch (OutOfMemoryError e) {
        arena.close();
        throw new IllegalStateException("no memory for " + length + " bytes of disk writes", e);
      }
    }

    static Staged first(long epoch, Preparation preparation) {
      return new Staged(epoch, null, ByteBuffer.allocate(0), 0, preparation);
    }

    void free() {
      if (arena != null) {
        arena.close();
      }
    }
  }

  private final List<? extends DiskStore> stores;
  private final long[] sizesBytes;
  private final boolean[] unsynced;
  private final long limitBytes;
  private final ArrayDeque<Staged> queue = new ArrayDeque<>();
  private final Thread applier;
  private Staged working;
  private Staged ofCopyBefore;
  private long queuedBytes;
  private long appliedEpoch;
  private long syncs;
  private IOException failure;
  private long triedAgainNs = System.nanoTime() - TRY_AGAIN_NS;
  private boolean unsyncable;
  private boolean closed;

  /**
   * An image at this epoch.
   *
   * @param stores files in the order of the guest's disks, closed with the image
   * @param limitBytes records that may wait to be applied
   * @param epoch the epoch that the files are at
   */
  public DiskImage(List<? extends DiskStore> stores, long limitBytes, long epoch) {
    this.stores = List.copyOf(stores);
    this.sizesBytes = stores.stream().mapToLong(DiskStore::sizeBytes).toArray();
    this.unsynced = new boolean[stores.size()];
    this.limitBytes = limitBytes;
    this.appliedEpoch = epoch;
    this.applier = Thread.ofPlatform().daemon().name("disk-image").unstarted(this::run);
    applier.start();
  }

  /**
   * Takes a committed epoch, or refuses it as a whole. Does not wait for the disks.
   *
   * @throws IllegalArgumentException for records that are malformed or outside the disks
   * @throws IllegalStateException when the disks are too slow, or failed
   */
  public void commit(long epoch, DirectBuffer records, int offset, int length) {
    DiskRecords.validate(records, offset, length, sizesBytes);
    requireHealthy(length);
    stage(Staged.records(epoch, records, offset, length));
  }

  /**
   * A copy of everything follows, over whatever the files hold: what waits is dropped, and what
   * failed is forgotten.
   */
  public synchronized void restart(long epoch, Preparation preparation) {
    dropQueue();
    if (working != null) {
      queue.add(working); // it is not interrupted, and takes itself out
      ofCopyBefore = working;
      queuedBytes = working.bytes;
    }
    failure = null;
    unsyncable = false;
    appliedEpoch = epoch;
    stage(Staged.first(epoch, preparation));
  }

  private void dropQueue() {
    queue.stream().filter(staged -> staged != working).forEach(Staged::free);
    queue.clear();
    queuedBytes = 0;
  }

  /** Waits, not for long, until no more than so many bytes wait. */
  public synchronized void awaitRoom(long bytes, long waitNs) {
    long deadlineNs = System.nanoTime() + waitNs;
    long leftNs = waitNs;
    try {
      while (queuedBytes > bytes && failure == null && leftNs > 0) {
        TimeUnit.NANOSECONDS.timedWait(this, leftNs);
        leftNs = deadlineNs - System.nanoTime();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void requireHealthy(int moreBytes) {
    if (failure != null) {
      throw new IllegalStateException("the disks cannot be written: " + failure.getMessage());
    }
    if (closed) {
      throw new IllegalStateException("the disks are closed");
    }
    if (queuedBytes + moreBytes > limitBytes) {
      throw new IllegalStateException(
          "the disks are too slow: "
              + queuedBytes
              + " bytes wait, "
              + moreBytes
              + " more are above the limit of "
              + limitBytes);
    }
  }

  private synchronized void stage(Staged staged) {
    if (staged.preparation == null && staged.bytes == 0 && queue.isEmpty()) {
      appliedEpoch = Math.max(appliedEpoch, staged.epoch); // most epochs: nobody is woken for it
      return;
    }
    queue.add(staged);
    queuedBytes += staged.bytes;
    notifyAll();
  }

  private void run() {
    while (true) {
      Staged next = next();
      if (next == null) {
        return;
      }
      try {
        apply(next);
        applied(next);
      } catch (IOException | RuntimeException e) {
        failed(next, e instanceof IOException io ? io : new IOException(e));
      }
    }
  }

  /** The first that waits; it stays in the queue until it is applied as a whole. */
  private synchronized Staged next() {
    while (!closed && (queue.isEmpty() || failure != null)) {
      try {
        wait();
      } catch (InterruptedException e) {
        return null;
      }
    }
    working = closed ? null : queue.peek();
    return working;
  }

  private void apply(Staged staged) throws IOException {
    if (staged.preparation != null) {
      Arrays.fill(unsynced, true); // what the copy leaves as it is was perhaps never synced
      staged.preparation.run();
    }
    if (staged.bytes == 0) {
      return;
    }
    ByteBuffer data = staged.records;
    DirectBuffer buffer = new org.agrona.concurrent.UnsafeBuffer(data, 0, staged.bytes);
    DiskRecords.forEach(
        buffer,
        0,
        staged.bytes,
        (kind, disk, offset, length, ignored, at) -> {
          DiskStore store = stores.get(disk);
          switch (kind) {
            case WRITE -> store.write(offset, data.clear().position(at).limit(at + (int) length));
            case ZERO -> store.zero(offset, length);
            case TRIM -> store.trim(offset, length);
            default -> flush();
          }
          unsynced[disk] |= kind != DiskRecordKind.FLUSH;
        });
  }

  /** Of all disks: the guest may have flushed one before it wrote to another that refers to it. */
  private void flush() throws IOException {
    for (int i = 0; i < unsynced.length; i++) {
      if (unsynced[i]) {
        sync(stores.get(i));
        unsynced[i] = false;
        synchronized (this) {
          syncs++;
        }
      }
    }
  }

  private synchronized void applied(Staged staged) {
    queue.remove();
    working = null;
    queuedBytes -= staged.bytes;
    staged.free();
    if (staged != ofCopyBefore) {
      appliedEpoch = Math.max(appliedEpoch, staged.epoch);
    }
    notifyAll();
  }

  private synchronized void failed(Staged staged, IOException e) {
    LOG.error("epoch {} cannot be applied to the disks, it is kept", staged.epoch, e);
    failure = e;
    working = null;
    notifyAll();
  }

  /** Epoch that the files are at, or beyond it by part of the next. */
  public synchronized long appliedEpoch() {
    return appliedEpoch;
  }

  /** Bytes that wait to be applied. */
  public synchronized long queuedBytes() {
    return queuedBytes;
  }

  /** Files made durable so far. */
  public synchronized long syncs() {
    return syncs;
  }

  /** Why the disks cannot be written; null while they can. */
  public synchronized IOException failure() {
    return failure;
  }

  /**
   * Waits until everything committed is applied and durable; a failed write is tried once more,
   * from the start of its epoch (records say what is to be where, so twice is as good as once).
   *
   * @throws IOException when the disks cannot be written; nothing is forgotten
   */
  public void awaitDurable() throws IOException {
    awaitApplied();
    for (DiskStore store : stores) {
      sync(store);
    }
  }

  /**
   * Waits until everything committed is applied, durable or not; tries again like {@link
   * #awaitDurable}.
   */
  public void awaitApplied() throws IOException {
    retry();
    awaitEmpty();
  }

  /**
   * Whether anything committed still waits to be applied, without waiting for it; what failed is
   * tried again, not too often.
   */
  public synchronized boolean isWaiting(long nowNs) {
    if (failure != null && !unsyncable && nowNs - triedAgainNs >= TRY_AGAIN_NS) {
      triedAgainNs = nowNs;
      failure = null;
      notifyAll();
    }
    return !queue.isEmpty() && !unsyncable;
  }

  /** A failed sync is final: the system may have dropped writes of any epoch since the last one. */
  private void sync(DiskStore store) throws IOException {
    try {
      store.sync();
    } catch (IOException e) {
      synchronized (this) {
        failure = e;
        unsyncable = true;
      }
      throw e;
    }
  }

  private synchronized void retry() throws IOException {
    if (unsyncable) {
      throw new IOException("committed writes may be lost: " + failure.getMessage(), failure);
    }
    failure = null;
    notifyAll();
  }

  private synchronized void awaitEmpty() throws IOException {
    while (!queue.isEmpty()) {
      if (failure != null) {
        throw new IOException("the disks cannot be written: " + failure.getMessage(), failure);
      }
      if (closed) {
        throw new IOException("the disks are closed");
      }
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while disk writes are applied", e);
      }
    }
  }

  /** Ends between two epochs; what waits is dropped. The files are closed. */
  @Override
  public void close() throws IOException {
    end();
    for (DiskStore store : stores) {
      store.close();
    }
  }

  /** Ends like {@link #close}; the files stay open, for whoever goes on with them. */
  public void end() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    boolean interrupted = false;
    while (applier.isAlive()) {
      try {
        applier.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      dropQueue();
    }
  }
}
