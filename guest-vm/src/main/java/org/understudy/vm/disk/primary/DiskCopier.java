package org.understudy.vm.disk.primary;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.understudy.vm.disk.file.DiskStore;
import org.understudy.vm.disk.record.DiskRecordKind;
import org.understudy.vm.disk.record.ExtentHash;

/**
 * The initial copy of one disk while the guest goes on writing: walks the file once and puts what
 * it finds into the log, data as writes and holes as trims.
 *
 * <p>Each piece is read and recorded under the log's lock. It therefore stands in the log between
 * the writes that it already shows and those that came after it, and whoever applies the log in
 * order, to a file with whatever content, has exactly the primary's file at each cut after the last
 * piece.
 */
public final class DiskCopier {
  private static final long MAX_HOLE_BYTES = 1L << 30;
  private static final int ALIGNMENT = 4096;

  private final GuestDisk disk;
  private final DiskStore store;
  private final ByteBuffer piece;
  private final BaseHashes base;

  /** Read by whoever shows the progress, too. */
  private volatile long positionBytes;

  private long copiedBytes;
  private long equalBytes;
  private boolean isWaiting;

  /**
   * Starts at the beginning; the log must record already.
   *
   * @param pieceBytes how much is read at a time, and a write of the guest may have to wait for
   */
  public DiskCopier(GuestDisk disk, int pieceBytes) {
    this(disk, pieceBytes, null);
  }

  /**
   * A copier for a backup that says what its file holds: an extent that is equal there when it is
   * read here is left out. Records of it that stand in the log before are what made it equal or are
   * overwritten with the same, those behind follow as ever: so the rule above holds for it too.
   *
   * @param base what the backup said so far; null if it says nothing
   */
  public DiskCopier(GuestDisk disk, int pieceBytes, BaseHashes base) {
    this.base = base;
    if (pieceBytes < ALIGNMENT || pieceBytes % ALIGNMENT != 0) {
      throw new IllegalArgumentException("pieces: multiples of 4096 bytes, not " + pieceBytes);
    }
    this.disk = disk;
    this.store = disk.store();
    this.piece = ByteBuffer.allocateDirect(pieceBytes);
  }

  /**
   * Copies the next piece or hole if the log has room for it: the guest's own writes keep the half
   * of it. One thread at a time.
   *
   * @return bytes by which the copy moved on; 0 when it is done, or must wait for a cut
   */
  public long step() throws IOException {
    DiskLog log = disk.log();
    isWaiting =
        base != null && !isDone() && base.isAwaited(disk.index(), extent(), System.nanoTime());
    if (isDone() || isWaiting || log.usedPercent() >= 50) {
      return 0;
    }
    log.lock();
    try {
      if (!log.isRecording()) {
        throw new IOException("the log does not record: " + log.broken());
      }
      long moved = copyNext(log);
      positionBytes = positionBytes + moved;
      return moved;
    } finally {
      log.unlock();
    }
  }

  private long copyNext(DiskLog log) throws IOException {
    long data = store.nextData(positionBytes);
    boolean isHole = data > positionBytes && (base == null || data >= extentEnd());
    if (!isHole && isEqual()) {
      long bytes = extentEnd() - positionBytes;
      equalBytes += bytes;
      return bytes;
    }
    if (data > positionBytes) {
      long hole = Math.min(holeEnd(data) - positionBytes, MAX_HOLE_BYTES);
      log.append(DiskRecordKind.TRIM, disk.index(), positionBytes, hole, null);
      return hole;
    }
    long end = Math.min(store.nextHole(positionBytes), positionBytes + piece.capacity());
    end = base == null ? end : Math.min(end, extentEnd());
    int bytes = (int) (end - positionBytes);
    store.read(positionBytes, piece.clear().limit(bytes));
    piece.flip();
    if (isZero(piece)) {
      log.append(DiskRecordKind.TRIM, disk.index(), positionBytes, bytes, null);
    } else {
      log.append(DiskRecordKind.WRITE, disk.index(), positionBytes, bytes, piece);
      copiedBytes += bytes;
    }
    return bytes;
  }

  private long extent() {
    return positionBytes / ExtentHash.EXTENT_BYTES;
  }

  private long extentEnd() {
    return Math.min(store.sizeBytes(), (extent() + 1) * ExtentHash.EXTENT_BYTES);
  }

  /** A hole that ends inside an extent leaves that to be compared as a whole. */
  private long holeEnd(long data) {
    long whole = data - data % ExtentHash.EXTENT_BYTES;
    return base != null && data < store.sizeBytes() && whole > positionBytes ? whole : data;
  }

  private boolean isEqual() throws IOException {
    if (base == null || positionBytes % ExtentHash.EXTENT_BYTES != 0) {
      return false;
    }
    store.read(positionBytes, piece.clear().limit((int) (extentEnd() - positionBytes)));
    return base.isEqual(disk.index(), extent(), piece.flip());
  }

  private static boolean isZero(ByteBuffer bytes) {
    int at = 0;
    for (; at + Long.BYTES <= bytes.limit(); at += Long.BYTES) {
      if (bytes.getLong(at) != 0) {
        return false;
      }
    }
    for (; at < bytes.limit(); at++) {
      if (bytes.get(at) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether the log has the whole disk. */
  public boolean isDone() {
    return positionBytes == store.sizeBytes();
  }

  /** How far it is, holes included; of {@link #sizeBytes}. */
  public long positionBytes() {
    return positionBytes;
  }

  /** Bytes of the disk. */
  public long sizeBytes() {
    return store.sizeBytes();
  }

  /** Whether {@link #step} did nothing because the backup has not said yet what it holds there. */
  public boolean isWaiting() {
    return isWaiting;
  }

  /** Bytes that the backup held already. */
  public long equalBytes() {
    return equalBytes;
  }

  /** Bytes of data that were put into the log. */
  public long copiedBytes() {
    return copiedBytes;
  }
}
