package org.understudy.vm.disk.primary;

import java.io.IOException;
import org.understudy.vm.disk.file.DiskStore;

/** Makes a disk durable after each request, many requests at once where it is slow. */
final class BackgroundSync implements AutoCloseable {
  private final DiskStore store;
  private final Thread thread;
  private boolean requested;
  private boolean closed;
  private IOException failure;

  BackgroundSync(String name, DiskStore store) {
    this.store = store;
    this.thread = Thread.ofPlatform().daemon().name("disk-sync-" + name).unstarted(this::run);
    thread.start();
  }

  /**
   * What was written so far becomes durable soon.
   *
   * @throws IOException once an earlier sync failed: what it was for may be lost, and no later sync
   *     can bring it back
   */
  synchronized void request() throws IOException {
    check();
    requested = true;
    notifyAll();
  }

  synchronized void check() throws IOException {
    if (failure != null) {
      throw new IOException("an earlier sync failed: " + failure.getMessage(), failure);
    }
  }

  private void run() {
    while (next()) {
      try {
        store.sync();
      } catch (IOException e) {
        failed(e);
      }
    }
  }

  private synchronized boolean next() {
    while (!requested && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        return false;
      }
    }
    requested = false;
    return !closed;
  }

  private synchronized void failed(IOException e) {
    failure = e;
  }

  /** Returns when no sync is in work. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
