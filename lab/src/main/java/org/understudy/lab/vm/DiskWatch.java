package org.understudy.lab.vm;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.locks.LockSupport;

/** Follows the guest's disk writer through the page where it says which record is on the disk. */
final class DiskWatch implements AutoCloseable {
  private static final long INTERVAL_NS = 100_000_000L;
  private static final int OK = 200;

  private final InetSocketAddress address;
  private final int timeoutMs;
  private final Tally tally = new Tally();
  private final Thread thread;
  private volatile boolean isStopping;
  private volatile long last = -1;

  DiskWatch(InetSocketAddress address, int timeoutMs) {
    this.address = address;
    this.timeoutMs = timeoutMs;
    thread = Thread.ofVirtual().name("disk-watch").start(this::run);
  }

  /** Last record that a client was told to be on the disk; -1 for none. */
  long last() {
    return last;
  }

  Tally tally() {
    return tally;
  }

  private void run() {
    while (!isStopping) {
      try (HttpConnection connection = new HttpConnection(address, timeoutMs)) {
        while (!isStopping) {
          follow(connection.get("/disk"));
          LockSupport.parkNanos(INTERVAL_NS);
        }
      } catch (IOException e) {
        tally.broken("the disk watch's: " + e.getMessage());
        LockSupport.parkNanos(INTERVAL_NS);
      }
    }
  }

  private void follow(HttpConnection.Response response) {
    // Before its first record there is no such page.
    if (response.status() != OK || response.text().isEmpty()) {
      return;
    }
    long told = Long.parseLong(response.text());
    if (told < last) {
      tally.lost(last - told, "record " + last + " was on the disk, later only " + told);
    } else {
      tally.good();
    }
    last = Math.max(last, told);
  }

  @Override
  public void close() {
    isStopping = true;
    Joins.join(thread);
  }
}
