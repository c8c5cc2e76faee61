package org.understudy.vm.disk.primary;

import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.DirectBuffer;

/** The disk writes of one epoch, unchanged until released. */
public final class DiskCut {
  private final DiskLog log;
  private final LogBuffer records;
  private final AtomicBoolean released = new AtomicBoolean();

  DiskCut(DiskLog log, LogBuffer records) {
    this.log = log;
    this.records = records;
  }

  /** Records, bytes 0 to {@link #length}. */
  public DirectBuffer buffer() {
    return records.buffer();
  }

  /** Bytes of records. */
  public int length() {
    return records.length();
  }

  /** Everything was read: the memory may be used for another epoch. Any thread. */
  public void release() {
    if (released.compareAndSet(false, true)) {
      log.release(records);
    }
  }
}
