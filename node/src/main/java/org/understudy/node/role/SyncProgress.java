package org.understudy.node.role;

import java.util.concurrent.TimeUnit;
import org.understudy.node.status.NodeStatus;
import org.understudy.primary.agent.PrimaryAgent;

/** How far the initial copy is, and how fast it goes; asked now and then by the status thread. */
final class SyncProgress {
  private static final long PAGE_BYTES = 4096;
  private static final long WINDOW_NS = TimeUnit.SECONDS.toNanos(1);

  private final PrimaryAgent agent;
  private final WireAccount wire;
  private final long totalBytes;
  private long windowStartNs;
  private long windowStartBytes;
  private long bytesPerSecond;

  SyncProgress(PrimaryAgent agent, WireAccount wire, long totalBytes) {
    this.agent = agent;
    this.wire = wire;
    this.totalBytes = totalBytes;
  }

  NodeStatus.Sync view(long nowNs) {
    long sentBytes = wire.initialCopyBytes();
    rate(nowNs, sentBytes);
    return new NodeStatus.Sync(
        (int) agent.counters().rounds,
        totalBytes,
        Math.min(totalBytes, agent.pagesLeft() * PAGE_BYTES),
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
