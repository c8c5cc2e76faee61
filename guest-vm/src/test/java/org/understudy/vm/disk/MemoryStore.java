package org.understudy.vm.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import org.understudy.vm.disk.file.DiskStore;

/** A disk in memory that knows what a loss of power may leave, and can fail or stop on order. */
public final class MemoryStore implements DiskStore {
  /** Bytes written since the last sync: any of them may be lost. */
  private record Unsynced(int offset, byte[] bytes) {}

  private final byte[] durable;
  private final byte[] current;
  private final List<Unsynced> unsynced = new ArrayList<>();
  private int failAfter = Integer.MAX_VALUE;
  private int changes;
  private int syncs;
  private volatile Semaphore syncGate;
  private volatile boolean syncsFail;

  public MemoryStore(int sizeBytes) {
    durable = new byte[sizeBytes];
    current = new byte[sizeBytes];
  }

  /** Changes beyond so many fail half-way; a negative number lets them pass again. */
  public synchronized void failAfter(int more) {
    failAfter = more < 0 ? Integer.MAX_VALUE : changes + more;
  }

  /** From now on a sync takes a permit before it starts. */
  public Semaphore gateSyncs() {
    syncGate = new Semaphore(0);
    return syncGate;
  }

  public synchronized int syncs() {
    return syncs;
  }

  public synchronized byte[] bytes() {
    return current.clone();
  }

  public synchronized void fill(RandomGenerator random) {
    random.nextBytes(current);
    System.arraycopy(current, 0, durable, 0, current.length);
  }

  /** What the disk may hold after a loss of power now. */
  public synchronized byte[] afterPowerLoss(RandomGenerator random) {
    byte[] left = durable.clone();
    for (Unsynced change : unsynced) {
      if (random.nextBoolean()) {
        System.arraycopy(change.bytes, 0, left, change.offset, change.bytes.length);
      }
    }
    return left;
  }

  @Override
  public long sizeBytes() {
    return current.length;
  }

  @Override
  public synchronized void read(long offset, ByteBuffer into) {
    int bytes = into.remaining();
    Objects.checkFromIndexSize(offset, bytes, current.length);
    into.put(current, (int) offset, bytes);
  }

  @Override
  public synchronized void write(long offset, ByteBuffer from) throws IOException {
    byte[] bytes = new byte[from.remaining()];
    from.get(bytes);
    change(offset, bytes);
  }

  @Override
  public void trim(long offset, long lengthBytes) throws IOException {
    zero(offset, lengthBytes);
  }

  @Override
  public synchronized void zero(long offset, long lengthBytes) throws IOException {
    change(offset, new byte[(int) lengthBytes]);
  }

  private void change(long offset, byte[] bytes) throws IOException {
    Objects.checkFromIndexSize(offset, bytes.length, current.length);
    boolean fails = changes++ >= failAfter;
    int count = fails ? bytes.length / 2 : bytes.length;
    System.arraycopy(bytes, 0, current, (int) offset, count);
    unsynced.add(new Unsynced((int) offset, java.util.Arrays.copyOf(bytes, count)));
    if (fails) {
      throw new IOException("no space left on this test's disk");
    }
  }

  public void failSyncs(boolean on) {
    syncsFail = on;
  }

  @Override
  public void sync() throws IOException {
    if (syncsFail) {
      synchronized (this) {
        unsynced.clear(); // as a system does that takes what it could not write for written
      }
      throw new IOException("this test's disk cannot sync");
    }
    Semaphore gate = syncGate;
    if (gate != null) {
      gate.acquireUninterruptibly();
    }
    synchronized (this) {
      syncs++;
      for (Unsynced change : unsynced) {
        System.arraycopy(change.bytes, 0, durable, change.offset, change.bytes.length);
      }
      unsynced.clear();
    }
  }

  @Override
  public long nextData(long offset) {
    return offset;
  }

  @Override
  public long nextHole(long offset) {
    return current.length;
  }

  @Override
  public void close() {}
}
