package org.understudy.protocol.link;

import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what the embedded driver hands to its sockets: data, set-up, heartbeats and
 * retransmissions of the sender, status messages and NAKs of the receiver. Only the socket knows
 * how many frames went into one datagram, and so how many UDP and IP headers were paid.
 */
final class DatagramCount {
  private final AtomicLong datagrams = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private volatile InetSocketAddress lastRefused;

  long datagrams() {
    return datagrams.get();
  }

  long bytes() {
    return bytes.get();
  }

  int count(int sent) {
    if (sent > 0) {
      datagrams.incrementAndGet();
      bytes.addAndGet(sent);
    }
    return sent;
  }

  /** A frame of a stranger, or of a stream for which there is no place, was dropped. */
  void refuse(InetSocketAddress source) {
    lastRefused = source;
    refused.incrementAndGet();
  }

  /** Frames dropped before the driver saw them. */
  long refused() {
    return refused.get();
  }

  /** Where the last of them came from; null if there was none. */
  InetSocketAddress lastRefused() {
    return lastRefused;
  }
}
