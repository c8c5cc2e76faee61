package org.understudy.vm.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.understudy.vm.Await;
import org.understudy.vm.disk.nbd.DiskClient;

/**
 * Writes to all disks over NBD, each from a thread of its own, and can be paused: then none of its
 * requests is in work. It does so many requests as it is asked for: one that writes as fast as it
 * can fills the backup's queue for as long as that takes to empty.
 */
final class WritingGuest implements AutoCloseable {
  private final ReentrantReadWriteLock running = new ReentrantReadWriteLock(true);
  private final Thread[] threads;
  private final Semaphore[] due;
  private volatile boolean stopped;
  private volatile Throwable failure;

  WritingGuest(Map<String, Path> sockets, Random seeds) throws IOException {
    threads = new Thread[DiskRig.IDS.size()];
    due = new Semaphore[threads.length];
    for (int i = 0; i < threads.length; i++) {
      String id = DiskRig.IDS.get(i);
      DiskClient client = new DiskClient(sockets.get(id), id);
      Random random = new Random(seeds.nextLong());
      Semaphore mine = new Semaphore(0);
      due[i] = mine;
      threads[i] = Thread.ofPlatform().start(() -> run(client, random, mine));
    }
  }

  /** Lets each thread do so many requests more. */
  void write(int requests) {
    for (Semaphore each : due) {
      each.release(requests);
    }
  }

  private void run(DiskClient client, Random random, Semaphore mine) {
    try (client) {
      while (!stopped) {
        mine.acquire();
        running.readLock().lock();
        try {
          anything(client, random);
        } finally {
          running.readLock().unlock();
        }
      }
    } catch (Throwable e) {
      failure = e;
    }
  }

  private static void anything(DiskClient client, Random random) throws IOException {
    int offset = random.nextInt(DiskRig.SIZE);
    int length = random.nextInt(Math.min(40_000, DiskRig.SIZE - offset)) + 1;
    switch (random.nextInt(8)) {
      case 0 -> client.trim(offset, length);
      case 1 -> client.zero(offset, length, random.nextBoolean());
      case 2 -> client.flush();
      default -> {
        byte[] data = new byte[length];
        random.nextBytes(data);
        client.write(offset, data, random.nextInt(8) == 0);
      }
    }
  }

  void pause() {
    running.writeLock().lock();
  }

  void resume() {
    running.writeLock().unlock();
  }

  void check() {
    if (failure != null) {
      throw new AssertionError("the guest's disk failed", failure);
    }
  }

  @Override
  public void close() {
    stopped = true;
    write(1);
    Await.until(() -> java.util.Arrays.stream(threads).noneMatch(Thread::isAlive));
    check();
  }
}
