package org.understudy.vm.disk.primary;

import java.io.IOException;
import org.understudy.vm.disk.file.DiskStore;

/** Makes a disk durable after each request, many requests at once where it is slow. */
final class BackgroundSync implements AutoCloseable {
  private final DiskStore store;
  private final Thread thread;

  /** Begins ahead of what is durable: what was written before this process began may not be. */
  private long written = 1;

  private long durable;
  private boolean requested;
  private boolean closed;
  private IOException failure;

  BackgroundSync(String name, DiskStore store) {
    this.store = store;
    this.thread = Thread.ofPlatform().daemon().name("disk-sync-" + name).unstarted(this::run);
    thread.start();
  }

  /** After each change of the disk and before it is answered. */
  synchronized void written() {
    written++;
  }

  /**
   * What was written so far is durable when this returns. QEMU flushes at every pause, also when
   * there is nothing to do.
   */
  void now() throws IOException {
    long upTo = toDo();
    if (upTo > 0) {
      store.sync();
      done(upTo);
    }
  }

  /** Count of the changes that are not durable yet; 0 if all are. */
  private synchronized long toDo() throws IOException {
    check();
    return durable == written ? 0 : written;
  }

  private synchronized void done(long upTo) {
    durable = Math.max(durable, upTo);
  }

  /**
   * What was written so far becomes durable soon.
   *
   * @throws IOException once an earlier sync failed: what it was for may be lost, and no later sync
   *     can bring it back
   */
  synchronized void request() throws IOException {
    if (toDo() > 0) {
      requested = true;
      notifyAll();
    }
  }

  synchronized void check() throws IOException {
    if (failure != null) {
      throw new IOException("an earlier sync failed: " + failure.getMessage(), failure);
    }
  }

  private void run() {
    while (next()) {
      try {
        now();
      } catch (IOException e) {
        failed(e);
      } catch (RuntimeException e) {
        failed(new IOException(e));
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
