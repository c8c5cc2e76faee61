package org.understudy.node.demo;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counters of a running load, written by its thread and read by others. */
public final class LoadProgress {
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong lastReplyNs = new AtomicLong();
  private final AtomicLong longestNs = new AtomicLong();
  private final AtomicInteger broken = new AtomicInteger();

  void onSent() {
    sent.lazySet(sent.get() + 1);
  }

  void onReply(long nowNs, long latencyNs) {
    acknowledged.lazySet(acknowledged.get() + 1);
    lastReplyNs.lazySet(nowNs);
    if (latencyNs > longestNs.get()) {
      longestNs.lazySet(latencyNs);
    }
  }

  void onBroken() {
    broken.incrementAndGet();
  }

  /** Operations sent. */
  public long sent() {
    return sent.get();
  }

  /** Replies received. */
  public long acknowledged() {
    return acknowledged.get();
  }

  /** When the last reply arrived, in nanoseconds of the run. */
  public long lastReplyNs() {
    return lastReplyNs.get();
  }

  /** Longest time to a reply so far. */
  public long longestNs() {
    return longestNs.get();
  }

  /** Connections that broke. */
  public int brokenConnections() {
    return broken.get();
  }
}
