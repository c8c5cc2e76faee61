package org.understudy.lab.load;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.understudy.lab.judge.Break;

/** Counters of a running load, written by its thread and read by others. */
public final class LoadProgress {
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong lastReplyNs = new AtomicLong();
  private final AtomicLong longestNs = new AtomicLong();
  private final AtomicLong oldestUnansweredNs = new AtomicLong();
  private final List<Break> breaks = new CopyOnWriteArrayList<>();

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

  void oldestUnansweredNs(long atNs) {
    oldestUnansweredNs.lazySet(atNs);
  }

  void onBroken(Break connection) {
    breaks.add(connection);
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

  /** Of operations sent before this instant none is in flight any more. */
  public long oldestUnansweredNs() {
    return oldestUnansweredNs.get();
  }

  /** Connections that broke. */
  public int brokenConnections() {
    return breaks.size();
  }

  /** Each of them, in the order in which the clients noticed. */
  public List<Break> breaks() {
    return List.copyOf(breaks);
  }
}
