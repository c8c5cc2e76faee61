package org.understudy.vm.disk.primary;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.vm.disk.file.DiskStore;
import org.understudy.vm.disk.nbd.NbdExport;
import org.understudy.vm.disk.record.DiskRecordKind;
import org.understudy.vm.disk.record.DiskRecords;

/** One disk of the running guest: writes go to its file at once and into the log. */
public final class GuestDisk implements NbdExport, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GuestDisk.class);

  private final int index;
  private final String name;
  private final DiskStore store;
  private final DiskLog log;
  private final BackgroundSync sync;
  private volatile DiskMode mode = DiskMode.SOLO;
  private boolean flushRecorded;

  /**
   * A disk in mode SOLO.
   *
   * @param index its number among the guest's disks, the same on both nodes
   * @param store its file, closed with the disk
   * @param log shared by the guest's disks
   */
  public GuestDisk(int index, String name, DiskStore store, DiskLog log) {
    if (index < 0 || index >= DiskRecords.MAX_DISKS) {
      throw new IllegalArgumentException("a guest has at most " + DiskRecords.MAX_DISKS + " disks");
    }
    this.index = index;
    this.name = name;
    this.store = store;
    this.log = log;
    this.sync = new BackgroundSync(name, store);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long sizeBytes() {
    return store.sizeBytes();
  }

  int index() {
    return index;
  }

  DiskStore store() {
    return store;
  }

  DiskLog log() {
    return log;
  }

  /** What a flush means now. */
  public DiskMode mode() {
    return mode;
  }

  /** The backup holds the whole disk from now on. */
  public void enterProtected() {
    mode = DiskMode.PROTECTED;
  }

  /** Makes durable what was answered while protected; output of the solo guest leaves after it. */
  public void enterSolo() throws IOException {
    mode = DiskMode.SOLO; // first: a flush that comes now waits for its own sync
    sync.check();
    store.sync();
  }

  @Override
  public void read(long offset, ByteBuffer into) throws IOException {
    store.read(offset, into);
  }

  @Override
  public void write(long offset, ByteBuffer from, boolean durable) throws IOException {
    log.lock();
    try {
      flushRecorded = false;
      if (log.isRecording()) {
        writeRecorded(offset, from);
      } else {
        store.write(offset, from);
      }
    } finally {
      sync.written(); // one that failed may have changed something
      log.unlock();
    }
    answered(durable);
  }

  private void writeRecorded(long offset, ByteBuffer from) throws IOException {
    ByteBuffer data = from.duplicate();
    try {
      store.write(offset, from);
    } catch (IOException e) {
      recordWhatIsThere(offset, data.remaining(), e);
      throw e;
    }
    log.append(DiskRecordKind.WRITE, index, offset, data.remaining(), data);
  }

  /** A write failed half-way: the backup gets what the file has now. */
  private void recordWhatIsThere(long offset, int bytes, IOException cause) {
    ByteBuffer found = ByteBuffer.allocate(bytes);
    try {
      store.read(offset, found);
      log.append(DiskRecordKind.WRITE, index, offset, bytes, found.flip());
    } catch (IOException e) {
      cause.addSuppressed(e);
      broken("a write failed", cause);
    }
  }

  private void broken(String what, IOException cause) {
    LOG.error("disk {}: {}", name, what, cause);
    log.breakOff("disk " + name + ": " + what + ": " + cause.getMessage());
  }

  @Override
  public void zero(long offset, long lengthBytes, boolean keepSpace, boolean durable)
      throws IOException {
    clear(keepSpace ? DiskRecordKind.ZERO : DiskRecordKind.TRIM, offset, lengthBytes);
    answered(durable);
  }

  /** The range reads as zeros afterwards, so that both files stay equal. */
  @Override
  public void trim(long offset, long lengthBytes, boolean durable) throws IOException {
    clear(DiskRecordKind.TRIM, offset, lengthBytes);
    answered(durable);
  }

  private void clear(DiskRecordKind kind, long offset, long lengthBytes) throws IOException {
    log.lock();
    try {
      flushRecorded = false;
      if (kind == DiskRecordKind.ZERO) {
        store.zero(offset, lengthBytes);
      } else {
        store.trim(offset, lengthBytes);
      }
      log.append(kind, index, offset, lengthBytes, null);
    } catch (IOException e) {
      broken("clearing a range failed", e);
      throw e;
    } finally {
      sync.written();
      log.unlock();
    }
  }

  private void answered(boolean durable) throws IOException {
    if (durable) {
      flush();
    }
    log.holdBack();
  }

  @Override
  public void flush() throws IOException {
    recordFlush();
    if (mode == DiskMode.PROTECTED) {
      sync.request();
    } else {
      sync.now();
    }
  }

  /** Twice in a row says no more than once. */
  private void recordFlush() {
    log.lock();
    try {
      if (!flushRecorded) {
        log.append(DiskRecordKind.FLUSH, index, 0, 0, null);
        flushRecorded = true;
      }
    } finally {
      log.unlock();
    }
  }

  /** Ends the background sync and closes the file; its server must be closed before. */
  @Override
  public void close() throws IOException {
    sync.close();
    store.close();
  }
}
