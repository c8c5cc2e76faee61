package org.understudy.node.role;

import java.util.concurrent.TimeUnit;
import org.understudy.checkpoint.guest.CopyAmount;
import org.understudy.node.status.NodeStatus;

/** How far the initial copy is, and how fast it goes; asked now and then by the status thread. */
final class SyncProgress {
  private static final long PAGE_BYTES = 4096;
  private static final long WINDOW_NS = TimeUnit.SECONDS.toNanos(1);

  /** What can be seen of the copies; sums are since the node's start. */
  interface Source {
    /** Rounds that are encoded. */
    long rounds();

    /** Of the round that runs. */
    long pagesLeft();

    CopyAmount besideMemory();

    /** What the network saw. */
    long wireBytesSent();
  }

  private final Source source;
  private final long memoryBytes;
  private long roundsBefore;
  private long bytesBefore;
  private boolean hasBegun = true; // there is no copy
  private long windowStartNs;
  private long windowStartBytes;
  private long bytesPerSecond;

  SyncProgress(Source source, long memoryBytes) {
    this.source = source;
    this.memoryBytes = memoryBytes;
  }

  /** A copy starts, perhaps after others that were given up: they do not count. */
  synchronized void onCopyStarts() {
    roundsBefore = source.rounds();
    bytesBefore = source.wireBytesSent();
    windowStartNs = 0;
    hasBegun = false;
  }

  synchronized NodeStatus.Sync view(long nowNs) {
    long sentBytes = source.wireBytesSent() - bytesBefore;
    rate(nowNs, sentBytes);
    CopyAmount beside = source.besideMemory();
    int rounds = (int) (source.rounds() - roundsBefore);
    long leftBytes = Math.min(memoryBytes, source.pagesLeft() * PAGE_BYTES);
    // Which pages it has to bring is known once its first round was captured: until then all.
    hasBegun |= leftBytes > 0 || rounds > 0;
    return new NodeStatus.Sync(
        rounds,
        memoryBytes + beside.totalBytes(),
        (hasBegun ? leftBytes : memoryBytes) + beside.remainingBytes(),
        sentBytes,
        bytesPerSecond);
  }

  private void rate(long nowNs, long sentBytes) {
    long elapsedNs = nowNs - windowStartNs;
    if (windowStartNs == 0 || elapsedNs > 10 * WINDOW_NS) {
      bytesPerSecond = 0; // nobody asked for long: what went on meanwhile is no rate
    } else if (elapsedNs >= WINDOW_NS) {
      bytesPerSecond = (sentBytes - windowStartBytes) * WINDOW_NS / elapsedNs;
    } else {
      return;
    }
    windowStartNs = nowNs;
    windowStartBytes = sentBytes;
  }
}
