package org.understudy.lab.vm;

import java.util.Arrays;

/** When requests were sent and their replies came, in order. One sender, one receiver. */
final class Arrivals {
  private long[] sentNs = new long[1024];
  private long[] repliedNs = new long[1024];
  private int sent;
  private int replied;

  synchronized void sent(long nowNs) {
    sentNs = withRoom(sentNs, sent);
    sentNs[sent++] = nowNs;
  }

  synchronized void replied(long nowNs) {
    repliedNs = withRoom(repliedNs, replied);
    repliedNs[replied++] = nowNs;
  }

  private static long[] withRoom(long[] values, int used) {
    return used < values.length ? values : Arrays.copyOf(values, 2 * used);
  }

  synchronized int sentCount() {
    return sent;
  }

  synchronized int repliedCount() {
    return replied;
  }

  /** Whether a request that was sent after this instant has its reply. */
  synchronized boolean isAnsweredSince(long instantNs) {
    return replied > 0 && sentNs[replied - 1] > instantNs;
  }

  /** When the first reply came after this instant, to whatever request. */
  synchronized long firstReplyNs(long instantNs) {
    for (int i = 0; i < replied; i++) {
      if (repliedNs[i] > instantNs) {
        return repliedNs[i];
      }
    }
    return Long.MAX_VALUE;
  }

  /** Longest time between two replies that overlaps the time between these instants. */
  synchronized long longestGapNs(long fromNs, long toNs) {
    long longest = 0;
    for (int i = 1; i < replied; i++) {
      if (repliedNs[i] >= fromNs && repliedNs[i - 1] <= toNs) {
        longest = Math.max(longest, repliedNs[i] - repliedNs[i - 1]);
      }
    }
    return longest;
  }
}
