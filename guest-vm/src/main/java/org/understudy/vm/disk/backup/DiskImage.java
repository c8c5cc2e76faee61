package org.understudy.vm.disk.backup;

import java.io.IOException;
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
 * <p>An epoch is kept on until it is durable. A system that failed to sync may have dropped what
 * was written since the last time that it could, and would say at the next sync that all is well:
 * so everything since then is written once more before a sync is believed.
 *
 * <p>A flush of the guest becomes an fdatasync before anything after it is written: so the files
 * are crash-consistent for the guest at any instant, without a journal that would write each byte
 * twice and would have to be replayed before a takeover. It costs time of this thread only, since
 * an epoch is acked once it is here.
 */
public final class DiskImage implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DiskImage.class);

  private static final long TRY_AGAIN_NS = 1_000_000_000L;

  /** Part of the limit that may be kept after it was applied; beyond it the files are synced. */
  private static final int KEPT_SHARE = 8;

  /** What is done in the order of the epochs, on the thread that applies them. */
  @FunctionalInterface
  public interface Work {
    /** Done again from its start where it failed. */
    void run() throws IOException;
  }

  private final List<? extends DiskStore> stores;
  private final long[] sizesBytes;
  private final boolean[] unsynced;
  private final long limitBytes;
  private final ArrayDeque<Staged> queue = new ArrayDeque<>();
  private final ArrayDeque<Staged> unsyncedEpochs = new ArrayDeque<>();
  private final Thread applier;
  private Staged working;
  private Staged ofCopyBefore;
  private long queuedBytes;
  private long keptBytes;
  private long appliedEpoch;
  private long syncs;
  private IOException failure;
  private long triedAgainNs = System.nanoTime() - TRY_AGAIN_NS;
  private boolean copyDurable;
  private boolean copySyncFailed;
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
    this.copyDurable = epoch >= 0;
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
   *
   * @param preparation before the first record of the copy
   */
  public synchronized void restart(long epoch, Work preparation) {
    dropQueue();
    if (working != null) {
      queue.add(working); // it is not interrupted, and takes itself out
      ofCopyBefore = working;
      queuedBytes = working.bytes();
    }
    failure = null;
    copyDurable = false;
    appliedEpoch = epoch;
    stage(
        Staged.work(
            epoch,
            () -> {
              Arrays.fill(unsynced, true); // what the copy leaves as it is was perhaps never synced
              preparation.run();
            }));
  }

  private void dropQueue() {
    queue.stream().filter(staged -> staged != working).forEach(Staged::free);
    queue.clear();
    queuedBytes = 0;
    forgetUnsynced();
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
    boolean isNothing = staged.work() == null && staged.bytes() == 0;
    if (isNothing && queue.isEmpty() && (copyDurable || staged.epoch() < 0)) {
      appliedEpoch = Math.max(appliedEpoch, staged.epoch()); // most epochs: nobody is woken for it
      return;
    }
    queue.add(staged);
    queuedBytes += staged.bytes();
    notifyAll();
  }

  private void run() {
    while (true) {
      Staged next = next();
      if (next == null) {
        return;
      }
      try {
        makeCopyDurable(next);
        apply(next);
        applied(next);
        if (keptBytes() > limitBytes / KEPT_SHARE) {
          flush();
        }
      } catch (IOException | RuntimeException | Error e) {
        failed(next, e instanceof IOException io ? io : new IOException(e.toString(), e));
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

  /** The copy is not kept: what follows it may count on it only once it is durable. */
  private void makeCopyDurable(Staged next) throws IOException {
    if (next.epoch() < 0 || isCopyDurable()) {
      return;
    }
    try {
      flush();
    } catch (IOException e) {
      synchronized (this) {
        copySyncFailed = true;
      }
      throw e;
    }
    synchronized (this) {
      copyDurable = true;
    }
  }

  private void apply(Staged staged) throws IOException {
    if (staged.work() != null) {
      staged.work().run();
    }
    if (staged.bytes() == 0) {
      return;
    }
    ByteBuffer data = staged.records();
    DirectBuffer buffer = new org.agrona.concurrent.UnsafeBuffer(data, 0, staged.bytes());
    DiskRecords.forEach(
        buffer,
        0,
        staged.bytes(),
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
        stores.get(i).sync();
        unsynced[i] = false;
        synchronized (this) {
          syncs++;
        }
      }
    }
    forgetUnsynced();
  }

  private synchronized void forgetUnsynced() {
    unsyncedEpochs.forEach(Staged::free);
    unsyncedEpochs.clear();
    keptBytes = 0;
  }

  private synchronized void applied(Staged staged) {
    queue.remove();
    working = null;
    queuedBytes -= staged.bytes();
    if (staged != ofCopyBefore && staged.epoch() >= 0 && isAnyUnsynced()) {
      unsyncedEpochs.add(staged);
      keptBytes += staged.bytes();
    } else {
      staged.free();
    }
    if (staged != ofCopyBefore) {
      appliedEpoch = Math.max(appliedEpoch, staged.epoch());
    }
    notifyAll();
  }

  private boolean isAnyUnsynced() {
    for (boolean is : unsynced) {
      if (is) {
        return true;
      }
    }
    return false;
  }

  private synchronized void failed(Staged staged, IOException e) {
    LOG.error("epoch {} cannot be applied to the disks, it is kept", staged.epoch(), e);
    failure = e;
    working = null;
    while (!unsyncedEpochs.isEmpty()) {
      Staged again = unsyncedEpochs.removeLast();
      queue.addFirst(again);
      queuedBytes += again.bytes();
    }
    keptBytes = 0;
    Arrays.fill(unsynced, true);
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

  private synchronized long keptBytes() {
    return keptBytes;
  }

  /**
   * Whether all that was there before epoch 0 is durable; what came after it is kept until it is.
   */
  public synchronized boolean isCopyDurable() {
    return copyDurable;
  }

  /**
   * Whether a copy could once not be made durable: what the system shows of the files since then
   * need not be what the disk has, so that nothing is to be left out of the next copy for it.
   */
  public synchronized boolean hasLostACopy() {
    return copySyncFailed;
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
   * Waits until everything committed is applied and durable; what failed is tried once more, from
   * the first epoch that is not durable (records say what is to be where, so twice is as good as
   * once).
   *
   * @throws IOException when the disks cannot be written; nothing is forgotten, and it can be
   *     called again
   */
  public void awaitDurable() throws IOException {
    stage(
        Staged.work(
            appliedEpoch(),
            () -> {
              Arrays.fill(unsynced, true);
              flush();
            }));
    awaitApplied();
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
    if (failure != null && nowNs - triedAgainNs >= TRY_AGAIN_NS) {
      triedAgainNs = nowNs;
      retry();
    }
    return !queue.isEmpty();
  }

  private synchronized void retry() {
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
