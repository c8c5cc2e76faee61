package org.understudy.vm.disk.primary;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.understudy.vm.disk.record.DiskRecordKind;

/**
 * What the guest did to its disks since the last cut, over all of them in one order. A write goes
 * to its file and into this log under one lock, so that file and log never disagree about the
 * order, and a cut is exact.
 *
 * <p>Nothing here waits for a commit: a log that is full gives up its records, which ends the
 * protection of the disks (a new copy is needed), rather than leave a request unanswered.
 */
public final class DiskLog implements AutoCloseable {
  private static final int HUNDRED = 100;

  private final DiskLogSettings settings;
  private final ReentrantLock order = new ReentrantLock();
  private final Condition roomier = order.newCondition();
  private LogBuffer current;
  private LogBuffer spare;
  private boolean recording;
  private boolean pausing;
  private boolean closed;
  private volatile int usedBytes;
  private volatile String broken;
  private volatile long heldBackNs;
  private volatile long recordedWrites;

  /** An empty log that does not record yet. */
  public DiskLog(DiskLogSettings settings) {
    this.settings = settings;
    this.current = new LogBuffer(settings.limitBytes());
    this.spare = new LogBuffer(settings.limitBytes());
  }

  /** From now on everything is recorded; what was recorded before is forgotten. */
  public void startRecording() {
    restart(true);
  }

  /** Nothing is recorded any more, and held back answers are given. */
  public void stopRecording() {
    restart(false);
  }

  private void restart(boolean on) {
    order.lock();
    try {
      recording = on && !closed;
      broken = null;
      clear();
    } finally {
      order.unlock();
    }
  }

  private void clear() {
    current.clear();
    usedBytes = 0;
    pausing = false;
    roomier.signalAll();
  }

  /** The guest is about to be paused: answers are not held back until the next cut. */
  public void beginPause() {
    order.lock();
    try {
      pausing = true;
      roomier.signalAll();
    } finally {
      order.unlock();
    }
  }

  /**
   * Ends the epoch. Called while the guest is paused and none of its requests is in work.
   *
   * @throws IllegalStateException when the log is broken, or the cut before is not released
   */
  public DiskCut cut() {
    order.lock();
    try {
      if (broken != null) {
        throw new IllegalStateException("the epoch's disk writes are not all there: " + broken);
      }
      if (spare == null) {
        throw new IllegalStateException("the disk writes of the last cut are not released");
      }
      DiskCut cut = new DiskCut(this, current);
      current = spare;
      spare = null;
      clear();
      return cut;
    } finally {
      order.unlock();
    }
  }

  void release(LogBuffer records) {
    order.lock();
    try {
      records.clear();
      if (closed || records.capacity() > settings.markBytes()) {
        records.close(); // a burst's memory is not kept
      }
      spare = records;
    } finally {
      order.unlock();
    }
  }

  /** Share of the mark that is used, 0 to 100; for {@code GuestLoad.fullestQueuePercent}. */
  public int usedPercent() {
    return (int) Math.min(HUNDRED, (long) usedBytes * HUNDRED / settings.markBytes());
  }

  /** Bytes recorded since the last cut. */
  public int usedBytes() {
    return usedBytes;
  }

  /** Why the log cannot tell the epoch's writes any more; null while it can. */
  public String broken() {
    return broken;
  }

  /** Writes, trims and zeroings recorded so far, over all epochs. */
  public long recordedWrites() {
    return recordedWrites;
  }

  /** Time for which answers were held back, in total. */
  public long heldBackNs() {
    return heldBackNs;
  }

  void lock() {
    order.lock();
  }

  void unlock() {
    order.unlock();
  }

  boolean isRecording() {
    return recording && broken == null;
  }

  /** With the lock held. The buffer keeps its position. */
  void append(DiskRecordKind kind, int disk, long offset, long range, ByteBuffer data) {
    if (!isRecording()) {
      return;
    }
    if (current.append(kind, disk, offset, range, data)) {
      usedBytes = current.length();
      recordedWrites += kind == DiskRecordKind.FLUSH ? 0 : 1;
    } else {
      breakOff("more than " + settings.limitBytes() + " bytes in one epoch");
    }
  }

  /** File and log may differ from now on. */
  public void breakOff(String reason) {
    order.lock();
    try {
      if (isRecording()) {
        broken = reason;
        clear();
      }
    } finally {
      order.unlock();
    }
  }

  /** Before a write is answered: slows the guest down while the log is above its mark. */
  void holdBack() {
    if (usedBytes <= settings.markBytes()) {
      return;
    }
    order.lock();
    try {
      long waitNs = holdBackNs();
      long startNs = System.nanoTime();
      while (waitNs > 0 && !pausing && usedBytes > settings.markBytes()) {
        waitNs = roomier.awaitNanos(waitNs);
      }
      heldBackNs += System.nanoTime() - startNs;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      order.unlock();
    }
  }

  /** Whether an answer is held back now. */
  boolean isHoldingBack() {
    order.lock();
    try {
      return order.hasWaiters(roomier);
    } finally {
      order.unlock();
    }
  }

  private long holdBackNs() {
    long room = settings.limitBytes() - settings.markBytes();
    long above = usedBytes - settings.markBytes();
    return room == 0 ? 0 : (long) ((double) settings.holdBackNs() * above / room);
  }

  /** Gives the memory back; an unreleased cut keeps its own until it is released. */
  @Override
  public void close() {
    restart(false);
    order.lock();
    try {
      closed = true;
      current.close();
      if (spare != null) {
        spare.close();
      }
    } finally {
      order.unlock();
    }
  }
}
